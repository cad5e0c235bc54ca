import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askStatus } from '../../../local/processes/control.ts';
import type { PartStatus } from '../../../local/processes/component.ts';
import { stopCluster } from '../../../local/processes/cluster.ts';
import { waitUntil } from '../../../local/processes/health.ts';
import { markedEnvironment } from '../../../local/processes/leftovers.ts';
import { readSettings, type Settings } from '../../../local/settings.ts';

/** A supervisor in a process of its own over shell scripts instead of the real parts: boots in a blink. */
export type ClusterOfScripts = {
  settings: Settings;
  supervisor: ChildProcess;
  /** Waits until the part looks like that. */
  part: (name: string, looks: (part: PartStatus) => boolean) => Promise<PartStatus>;
  remove: () => Promise<void>;
};

export const makeStateDirectory = (): Settings => readSettings(mkdtempSync(join(tmpdir(), 'fleet-processes-')));

/** Each script is `name: shell command`; the tiers count up in the order given. */
export const superviseScripts = async (scripts: Record<string, string>): Promise<ClusterOfScripts> => {
  const settings = makeStateDirectory();
  mkdirSync(settings.paths.pki);
  const supervisor = spawn(process.execPath, [join(import.meta.dirname, 'script-supervisor.ts')], {
    env: markedEnvironment(
      { ...process.env, LOCAL_STATE_DIR: settings.stateDir, SCRIPTS: JSON.stringify(scripts) },
      settings.stateDir,
    ),
    stdio: 'ignore',
    detached: true,
  });
  const answer = () => askStatus(settings).catch(() => undefined);
  await waitUntil(answer, { seconds: 20, message: () => 'the supervisor does not answer' }).catch((error: unknown) => {
    supervisor.kill('SIGKILL');
    throw error;
  });
  return {
    settings,
    supervisor,
    part: async (name, looks) => {
      let last: PartStatus | undefined;
      const found = async () => {
        last = (await askStatus(settings)).parts.find((part) => part.name === name);
        return last !== undefined && looks(last) ? last : undefined;
      };
      return waitUntil(found, { seconds: 20, message: () => `${name} is ${JSON.stringify(last)}` });
    },
    remove: async () => {
      await stopCluster({ stateDir: settings.stateDir });
      rmSync(settings.stateDir, { recursive: true, force: true });
    },
  };
};
