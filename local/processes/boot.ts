import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installDefinitions, installManifests } from '../controlplane/install.ts';
import type { Progress } from '../controlplane/progress.ts';
import type { Settings } from '../settings.ts';
import { exitText, type Component, type PartStatus } from './component.ts';
import { actOnPart, askStatus } from './control.ts';
import { waitUntil } from './health.ts';

const PATIENCE_SECONDS = 120;
/** A part that ends this often on its way up will not come up. */
const CRASHES = 3;
const LOG_LINES = 15;

/** The last lines of a part's log, for an error message. */
const logTail = (settings: Settings, name: string): string => {
  const path = join(settings.paths.logs, `${name}.log`);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LOG_LINES) : [];
  return [`The end of ${path}:`, ...lines.map((line) => `  ${line.slice(0, 300)}`)].join('\n');
};

const describe = ({ name, state, restarts, lastExit }: PartStatus): string =>
  `${name} is ${state}, restarted ${restarts} times${lastExit === undefined ? '' : `, it ${exitText(lastExit)}`}`;

/** Starts parts and waits until each is healthy; throws with the log of the one that is not. */
const startParts = async (settings: Settings, names: string[]): Promise<void> => {
  const before = new Map((await askStatus(settings, names)).parts.map((part) => [part.name, part.restarts]));
  for (const name of names) await actOnPart(settings, name, 'start');
  let waiting: PartStatus[] = [];
  const failure = () =>
    waiting.map((part) => `${describe(part)}\n${logTail(settings, part.name)}`).join('\n') || 'nothing started';
  await waitUntil(
    async () => {
      const { parts } = await askStatus(settings, names);
      waiting = parts.filter((part) => part.state !== 'running');
      const hopeless = waiting.some((part) => part.restarts - (before.get(part.name) ?? 0) >= CRASHES);
      if (hopeless) throw new Error(failure());
      return waiting.length === 0 ? true : undefined;
    },
    { seconds: PATIENCE_SECONDS, message: failure },
  );
};

/** etcd, API server, controller manager. */
export const bootControlPlane = async (settings: Settings, progress: Progress): Promise<void> => {
  await progress.step('etcd', () => startParts(settings, ['etcd']));
  await progress.step('Kubernetes API server', () => startParts(settings, ['kube-apiserver']));
  await progress.step('controller manager', () => startParts(settings, ['kube-controller-manager']));
};

/** Everything, in the order of the tiers; the installation runs while the middle tiers start. */
export const bootAll = async (settings: Settings, components: Component[], progress: Progress): Promise<void> => {
  const tiers = (...wanted: number[]) => components.filter(({ tier }) => wanted.includes(tier)).map(({ name }) => name);
  await progress.step(tiers(0).join(' and '), () => startParts(settings, tiers(0)));
  await progress.step('Kubernetes API server', () => startParts(settings, tiers(1)));
  await progress.step('controllers and storage; custom resource definitions', () =>
    Promise.all([startParts(settings, tiers(2, 3)), installDefinitions(settings, process.env)]),
  );
  await progress.step('storage sidecars, machines and router; manifests', () =>
    Promise.all([startParts(settings, tiers(4)), installManifests(settings)]),
  );
  await progress.step('hooks', () => startParts(settings, tiers(5)));
  await progress.step('Metacontroller', () => startParts(settings, tiers(6)));
};
