import { execFileSync, spawnSync } from 'node:child_process';

const GO_MINIMUM = [1, 26] as const;
const JAVA_MINIMUM = 17;

const outputOf = (command: string, args: string[]): string | undefined => {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return error !== undefined || status !== 0 ? undefined : stdout + stderr;
};

/** The problem with the Go of this machine in one sentence, or undefined when it will do. */
export const goProblem = (version: string | undefined): string | undefined => {
  const need = `Go ${GO_MINIMUM.join('.')} or newer builds the control plane (https://go.dev/dl)`;
  if (version === undefined) return `${need}; there is no \`go\` on PATH.`;
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return `${need}; \`go env GOVERSION\` says "${version.trim()}".`;
  const tooOld = Number(major) < GO_MINIMUM[0] || (Number(major) === GO_MINIMUM[0] && Number(minor) < GO_MINIMUM[1]);
  return tooOld ? `${need}; this is ${version.trim()}.` : undefined;
};

/** The problem with the Java of this machine in one sentence; `banner` is what `java -version` prints. */
export const javaProblem = (banner: string | undefined): string | undefined => {
  const need = `Java ${JAVA_MINIMUM} or newer runs QuestDB (for example Debian's openjdk-17-jdk-headless)`;
  if (banner === undefined) return `${need}; there is no \`java\` on PATH.`;
  const major = /version "(?:1\.)?(\d+)/.exec(banner)?.[1];
  if (major === undefined) return `${need}; \`java -version\` says "${banner.split('\n')[0] ?? ''}".`;
  return Number(major) < JAVA_MINIMUM ? `${need}; this is Java ${major}.` : undefined;
};

const mavenProblem = (version: string | undefined): string | undefined =>
  version === undefined
    ? 'Maven fetches the QuestDB servers (https://maven.apache.org/install.html); there is no `mvn` on PATH.'
    : undefined;

const refuse = (problems: (string | undefined)[]): void => {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new Error(found.join('\n'));
};

/** Throws unless this machine's Go can build the tools. */
export const requireGo = (): void => refuse([goProblem(outputOf('go', ['env', 'GOVERSION']))]);

/** Throws, with every problem at once, unless Go, Java and (when something has to be fetched) Maven are there. */
export const requireToolchain = (needs: { maven: boolean }): void =>
  refuse([
    goProblem(outputOf('go', ['env', 'GOVERSION'])),
    javaProblem(outputOf('java', ['-version'])),
    needs.maven ? mavenProblem(outputOf('mvn', ['--version'])) : undefined,
  ]);

/** Directory of a module in the Go module cache. */
export const moduleDirectory = (module: string, workingDirectory: string): string =>
  execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    cwd: workingDirectory,
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  }).trim();
