import { defineConfig } from 'vitest/config';

/** The kinds of tests, each a project of its own: see docs/testing.md. */
type KindOptions = { timeoutSeconds: number; serial?: boolean; globalSetup?: string };

/** What boots a control plane runs one kind after the other, when the light kinds are done: two cores bear one cluster. */
const ORDER = ['local', 'crds', 'cluster', 'database'];

const project = (name: string, options: KindOptions) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.timeoutSeconds * 1000,
    hookTimeout: options.timeoutSeconds * 1000,
    fileParallelism: !options.serial,
    sequence: { groupOrder: ORDER.indexOf(name) + 1 },
    ...(options.globalSetup === undefined ? {} : { globalSetup: [options.globalSetup] }),
  },
});

/** One local cluster for all test files of a run that want one. */
const SHARED_CLUSTER = './test/harness/shared-cluster.ts';

export default defineConfig({
  test: {
    projects: [
      project('unit', { timeoutSeconds: 10 }),
      project('scenarios', { timeoutSeconds: 10 }),
      project('property', { timeoutSeconds: 60 }),
      project('http', { timeoutSeconds: 20 }),
      project('ec2', { timeoutSeconds: 120 }),
      project('local', { timeoutSeconds: 60 }),
      project('manifests', { timeoutSeconds: 60 }),
      project('crds', { timeoutSeconds: 120, serial: true }),
      project('cluster', { timeoutSeconds: 300, serial: true, globalSetup: SHARED_CLUSTER }),
      project('database', { timeoutSeconds: 600, serial: true, globalSetup: SHARED_CLUSTER }),
    ],
  },
});
