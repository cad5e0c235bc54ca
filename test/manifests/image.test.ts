import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oneOf, render, REPOSITORY } from './render.ts';

type Instruction = { keyword: string; rest: string };
type Stage = { base: string; name: string | undefined; instructions: Instruction[] };

const readText = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

const instructionsOf = (text: string): Instruction[] =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => ({ keyword: line.split(/\s+/, 1)[0] ?? '', rest: line.replace(/^\S+\s*/, '') }));

const stagesOf = (text: string): Stage[] => {
  const stages: Stage[] = [];
  for (const instruction of instructionsOf(text)) {
    const [, base, , name] = /^(\S+)(\s+AS\s+(\S+))?$/.exec(instruction.rest) ?? [];
    if (instruction.keyword === 'FROM' && base !== undefined) stages.push({ base, name, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
};

type Copy = { from: string | undefined; sources: string[] };

const copiesOf = ({ instructions }: Stage): Copy[] =>
  instructions
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ rest }) => {
      const words = rest.split(/\s+/);
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
      return { from, sources: words.filter((word) => !word.startsWith('--')).slice(0, -1) };
    });

const valuesOf = (stage: Stage, keyword: string): string[] =>
  stage.instructions.filter((instruction) => instruction.keyword === keyword).map(({ rest }) => rest);

const stages = stagesOf(readText('Dockerfile'));
const final = stages.at(-1) ?? { base: '', name: undefined, instructions: [] };
const ignored = readText('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

describe('the Dockerfile', () => {
  it('has nothing but known instructions, and stages that begin with FROM', () => {
    const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'EXPOSE', 'CMD'];
    const instructions = instructionsOf(readText('Dockerfile'));
    expect(instructions[0]?.keyword).toBe('FROM');
    for (const { keyword } of instructions) expect(known).toContain(keyword);
  });

  it('builds on the Node release the project is developed with', () => {
    const { devDependencies } = JSON.parse(readText('package.json')) as { devDependencies: { node: string } };
    const major = devDependencies.node.split('.')[0] ?? '';
    for (const { base } of stages) expect(base).toBe(`node:${major}-bookworm-slim`);
  });

  it.each(
    stages.flatMap((stage) =>
      copiesOf(stage).flatMap(({ from, sources }) => sources.map((source) => [source, from] as const)),
    ),
  )('COPY %s: it is there, and .dockerignore lets it through', (source, from) => {
    if (from !== undefined) {
      expect(stages.map(({ name }) => name)).toContain(from);
      expect(source.startsWith('/app/')).toBe(true);
      return;
    }
    expect(existsSync(join(REPOSITORY, source))).toBe(true);
    expect(ignored).toContain(`!${source}`);
  });

  it('ignores all but what it copies', () => {
    const sources = stages.flatMap(copiesOf).filter(({ from }) => from === undefined);
    const copied = new Set(sources.flatMap((copy) => copy.sources));
    expect(ignored[0]).toBe('*');
    expect(new Set(ignored.slice(1))).toEqual(new Set([...copied].map((source) => `!${source}`)));
  });

  it('installs from the lockfile, without scripts', () => {
    const installs = stages.flatMap((stage) => valuesOf(stage, 'RUN')).filter((run) => run.includes('npm'));
    expect(installs.length).toBe(2);
    for (const run of installs) expect(run).toMatch(/^npm ci .*--ignore-scripts/);
  });

  it('runs as a user that is no name and not root, the one the Deployment says', () => {
    const [user] = valuesOf(final, 'USER');
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const context = oneOf(render('base'), 'Deployment').spec?.template.spec?.securityContext;
    expect(user).toBe(`${context?.runAsUser ?? ''}:${context?.runAsGroup ?? ''}`);
  });

  it('runs the hooks without a shell, on files the build makes', () => {
    const [command] = valuesOf(final, 'CMD');
    expect(JSON.parse(command ?? '')).toEqual(['node', 'dist/hooks/main.js']);
    const { compilerOptions } = JSON.parse(readText('tsconfig.build.json')) as {
      compilerOptions: { outDir: string; rootDir: string };
    };
    expect([compilerOptions.outDir, compilerOptions.rootDir]).toEqual(['dist', '.']);
    expect(existsSync(join(REPOSITORY, 'hooks', 'main.ts'))).toBe(true);
    expect(copiesOf(final).flatMap(({ sources }) => sources)).toContain('/app/package.json');
  });

  it('has no development dependency in the last stage', () => {
    const modules = copiesOf(final).find(({ sources }) => sources.includes('/app/node_modules'));
    const stage = stages.find(({ name }) => name === modules?.from);
    expect(stage === undefined ? [] : valuesOf(stage, 'RUN').join()).toContain('--omit=dev');
  });

  it('is the version the manifests name', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    const image = oneOf(render('base'), 'Deployment').spec?.template.spec?.containers[0]?.image;
    expect(image).toBe(`questdb-fleet-hooks:${version}`);
    expect(readText('manifests/overlays/example/kustomization.yaml')).toContain(`newTag: ${version}\n`);
  });
});

/** Bare imports that remain when types are stripped. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^'.][^']*)'/gm)].map(
    ([, name]) => name ?? '',
  );

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const sources = readdirSync(join(REPOSITORY, 'hooks'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readText(join('hooks', path)));

describe('what the hooks import', () => {
  it('is in the image', () => {
    const { dependencies } = JSON.parse(readText('package.json')) as { dependencies: Record<string, string> };
    const imported = new Set(sources.flatMap(importsOf).map(packageOf));
    const missing = [...imported].filter(
      (name) => !name.startsWith('node:') && !builtinModules.includes(name) && !(name in dependencies),
    );
    expect(imported).toContain('pino');
    expect(missing).toEqual([]);
  });
});
