import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopCluster } from '../../local/processes/cluster.ts';
import { FAILED } from './failure.ts';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- vitest extends by merging interfaces
  export interface ProvidedContext {
    stateDir: string;
  }
}

/**
 * Names the state directory of the one local cluster of this run, which the first test file that needs it boots, and stops
 * it at the end. After a failure its state and logs are kept, and where is printed.
 */
export default (project: TestProject): (() => Promise<void>) => {
  const stateDir = join(tmpdir(), `questdb-fleet-test-${process.pid}`);
  project.provide('stateDir', stateDir);
  return async () => {
    if (!existsSync(stateDir)) return;
    const failed = existsSync(join(stateDir, FAILED));
    await stopCluster({ stateDir, remove: !failed });
    if (failed) console.error(`state, logs and objects of the cluster are kept in ${stateDir}`);
  };
};
