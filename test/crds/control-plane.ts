import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { kubectl, waitForDefinitions } from '../../local/controlplane/kubectl.ts';
import { startCluster, stopCluster } from '../../local/processes/cluster.ts';
import type { Settings } from '../../local/settings.ts';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

/**
 * A real API server for the tests of a file, with our kinds installed as a user installs them. After a failure it is stopped, but its
 * state and logs are kept, and where is printed.
 */
export const useControlPlane = (): (() => Settings) => {
  let settings: Settings | undefined;
  let failed = false;

  beforeAll(async () => {
    failed = true;
    settings = await startCluster({
      stateDir: mkdtempSync(join(tmpdir(), 'questdb-fleet-crds-')),
      components: 'control-plane',
    });
    await kubectl(settings, ['apply', '-k', join(REPOSITORY, 'crds')]);
    await waitForDefinitions(settings);
    failed = false;
  });

  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      failed = true;
    });
  });

  afterAll(async () => {
    if (settings === undefined) return;
    await stopCluster({ stateDir: settings.stateDir, remove: !failed });
    if (failed) console.error(`kept for inspection: ${settings.stateDir}`);
  });

  return () => {
    if (settings === undefined) throw new Error('the control plane is not up yet');
    return settings;
  };
};
