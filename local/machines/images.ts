import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPathOf, mapText, type Mount } from './mounts.ts';
import type { Command } from './processes.ts';

/** Container ports of an image that its process binds to host ports of its own, and the variable that says where. */
export type Image = {
  reference: string;
  /** Where the process would listen, by container port. */
  bindVariables: Readonly<Record<number, string>>;
  /** Folders the image itself has, for paths that no mount covers. */
  folders: readonly string[];
  /** Makes ready what the process expects to find in its folders. */
  prepare: (mounts: readonly Mount[]) => Promise<void>;
  /** The process of a container: `command` and `args` as the pod has them, paths still the container's. */
  commandOf: (run: ContainerRun) => Command;
};

export type ContainerRun = {
  command: readonly string[];
  args: readonly string[];
  env: ReadonlyMap<string, string>;
  mounts: readonly Mount[];
  /** Host port by container port. */
  ports: ReadonlyMap<number, number>;
  cwd: string;
};

export const QUESTDB_ROOT = '/var/lib/questdb';

const QUESTDB_BIND_VARIABLES: Readonly<Record<number, string>> = {
  9000: 'QDB_HTTP_BIND_TO',
  9003: 'QDB_HTTP_MIN_NET_BIND_TO',
  8812: 'QDB_PG_NET_BIND_TO',
  9009: 'QDB_LINE_TCP_NET_BIND_TO',
};

/** What the image starts when the pod gives no arguments; its garbage collector and error file are left to the JVM here. */
const defaultArgs = (root: string): string[] => [
  `-Dout=${root}/conf/log.conf`,
  '-m',
  'io.questdb/io.questdb.ServerMain',
  '-d',
  root,
  '-f',
];

const JAVA = '/app/bin/java';

/** The image's docker-entrypoint.sh: no arguments, arguments that start with a dash (after JVM_PREPEND), or a whole command line. */
const entrypoint = (args: readonly string[], env: ReadonlyMap<string, string>): string[] => {
  const prepend = (env.get('JVM_PREPEND') ?? '').split(/\s+/).filter((word) => word !== '');
  if (args.length === 0) return [JAVA, ...prepend, ...defaultArgs(env.get('QUESTDB_DATA_DIR') ?? QUESTDB_ROOT)];
  if (args[0]?.startsWith('-') === true) return [JAVA, ...prepend, ...args];
  return [...args];
};

/** Several servers run side by side on one small machine, and none talks to the internet. */
const jvmOptions = (jar: string, args: readonly string[], mounts: readonly Mount[]): string[] => {
  const temporary = mounts.find(({ path }) => path === '/tmp');
  return [
    '-p',
    jar,
    '-XX:+UseSerialGC',
    ...(args.some((arg) => arg.startsWith('-Xmx')) ? [] : ['-Xmx512m']),
    ...(temporary === undefined ? [] : [`-Djava.io.tmpdir=${temporary.host}`]),
  ];
};

const javaBinary = (): string => {
  const home = process.env.JAVA_HOME;
  return home ? join(home, 'bin', 'java') : 'java';
};

const wordsOf = ({ command, args, env }: ContainerRun): string[] => {
  const [first, ...rest] = command;
  if (first === undefined || first.endsWith('docker-entrypoint.sh')) return entrypoint([...rest, ...args], env);
  return [...command, ...args];
};

const questdbCommand = (jar: string, run: ContainerRun): Command => {
  const [file = '', ...args] = wordsOf(run).map((word) => mapText(run.mounts, word));
  const binds = [...run.ports].flatMap(([port, hostPort]) => {
    const variable = QUESTDB_BIND_VARIABLES[port];
    return variable === undefined ? [] : [[variable, `127.0.0.1:${String(hostPort)}`] as const];
  });
  const own = [...run.env].map(([name, value]) => [name, mapText(run.mounts, value)] as const);
  const isJava = file === JAVA || file.split('/').at(-1) === 'java';
  return {
    file: isJava ? javaBinary() : file,
    args: isJava ? [...jvmOptions(jar, args, run.mounts), ...args] : args,
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      QDB_PACKAGE: 'docker',
      QDB_TELEMETRY_ENABLED: 'false',
      QDB_SHARED_WORKER_COUNT: '2',
      ...Object.fromEntries(own),
      ...Object.fromEntries(binds),
    },
    cwd: run.cwd,
  };
};

const REPOSITORY =
  /^(?:docker\.io\/|public\.ecr\.aws\/)?questdb\/questdb(?::([A-Za-z0-9_.-]+))?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * The image of that reference: `questdb/questdb:<version>` where the jar of that version is in the local Maven repository.
 * Undefined for every other: it cannot be pulled.
 */
export const findImage = (reference: string, mavenRepository: string): Image | undefined => {
  const version = REPOSITORY.exec(reference)?.[1];
  if (version === undefined) return undefined;
  const jar = join(mavenRepository, 'org', 'questdb', 'questdb', version, `questdb-${version}.jar`);
  if (!existsSync(jar)) return undefined;
  return {
    reference,
    bindVariables: QUESTDB_BIND_VARIABLES,
    folders: [QUESTDB_ROOT, '/tmp'],
    prepare: async (mounts) => {
      const root = hostPathOf(mounts, QUESTDB_ROOT);
      if (root !== undefined) await mkdir(join(root, 'db'), { recursive: true });
    },
    commandOf: (run) => questdbCommand(jar, run),
  };
};
