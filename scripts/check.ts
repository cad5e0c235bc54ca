/** `npm run check`: every static check, all of them even when one fails, each with its time. */
import { spawnSync } from 'node:child_process';

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['lint', 'eslint', '.', '--max-warnings=0'],
  ['format', 'prettier', '--check', '--log-level=warn', '.'],
  ['unused code', 'knip'],
  ['directions of imports', 'depcruise', '--output-type=err', 'hooks', 'local', 'test', 'scripts', 'bench'],
  ['generated files', 'node', 'scripts/generate.ts', '--check'],
];

const failed = CHECKS.filter(([name, command, ...args]) => {
  const startedAt = performance.now();
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  return status !== 0;
}).map(([name]) => name);

if (failed.length > 0) {
  console.error(`checks failed: ${failed.join(', ')}`);
  process.exit(1);
}
