/**
 * `npm test`: the checks, the build of the local cluster's binaries, and every kind of test; `--fast` leaves the kinds out that boot a
 * cluster. Ends with one line `N passed, N failed`, a failed check counting as one.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';

type Totals = { numPassedTests: number; numFailedTests: number; numTotalTests: number; success: boolean };

const RESULTS = 'reports/tests.json';
const FAST_KINDS = ['unit', 'scenarios', 'property', 'http', 'ec2'];

const run = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;

const runTests = (kinds: readonly string[]): Totals => {
  rmSync(RESULTS, { force: true });
  mkdirSync('reports', { recursive: true });
  const projects = kinds.map((kind) => `--project=${kind}`);
  const ended = run(
    'vitest',
    'run',
    ...projects,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${RESULTS}`,
  );
  try {
    const totals = JSON.parse(readFileSync(RESULTS, 'utf8')) as Totals;
    // A file that cannot be loaded has no tests, and is a failure all the same.
    return ended ? totals : { ...totals, numFailedTests: Math.max(1, totals.numFailedTests) };
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numTotalTests: 0, success: false };
  }
};

const isFast = process.argv.includes('--fast');
type Step = readonly [name: string, command: string, ...args: string[]];
const CHECKS: Step = ['the checks', 'node', 'scripts/check.ts'];
const BUILD: Step = ['the build of the binaries', 'node', 'local/cli.ts', 'build'];
const steps = isFast ? [CHECKS] : [CHECKS, BUILD];
const failedSteps = steps.filter(([, command, ...args]) => !run(command, ...args)).map(([name]) => name);
const totals = runTests(isFast ? FAST_KINDS : []);

if (failedSteps.length > 0) console.error(`failed: ${failedSteps.join(', ')}`);
const failed = totals.numFailedTests + failedSteps.length;
console.log(`${totals.numPassedTests} passed, ${failed} failed`);
process.exit(failed === 0 && totals.numPassedTests > 0 ? 0 : 1);
