import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../local/settings.ts';
import type { Kubectl } from './kubectl.ts';

/** Folder in the state directory; there once a test has failed. */
export const FAILED = 'failed';

const LOG_LINES = 50;
/** The API server may be what failed. */
const PATIENCE = '--request-timeout=20s';
const KINDS = [
  'questdbs,questdbnodes,questdbvolumes,questdbnodeclasses',
  'statefulsets,poddisruptionbudgets,pods,services,endpointslices,persistentvolumeclaims,persistentvolumes,volumeattachments,nodes,csinodes',
  'events',
].join(',');

const lastLines = (path: string): string =>
  existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n') : 'no log';

const fileName = (test: string): string => test.replaceAll(/[^\w-]+/g, '-').slice(0, 80);

/** Keeps the state directory at the end of the run. */
export const markFailed = (stateDir: string): string => {
  const folder = join(stateDir, FAILED);
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** Files what there is when a test fails: every object, the end of the hooks' log. Prints where. */
export const keepEvidence = async (settings: Settings, kubectl: Kubectl, test: string): Promise<void> => {
  const path = join(markFailed(settings.stateDir), `${fileName(test)}.txt`);
  const say = (error: unknown): string => String(error);
  const [overview, objects] = await Promise.all([
    kubectl.run('get', KINDS, '-A', '-o', 'wide', PATIENCE).catch(say),
    kubectl.run('get', KINDS, '-A', '-o', 'yaml', PATIENCE).catch(say),
  ]);
  const log = lastLines(join(settings.paths.logs, 'hooks.log'));
  writeFileSync(path, [overview, '# the end of the log of the hooks', log, '# objects', objects].join('\n'));
  console.error(
    `${test}: objects and logs of that moment are in ${path}; the logs of all parts in ${settings.paths.logs}`,
  );
};
