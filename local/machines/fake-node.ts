import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { messageOf, STRATEGIC_MERGE, type Api } from './api.ts';
import { uniqueName, volumeOfClaim } from './disks.ts';
import { claimNames, finishGrowth } from './growth.ts';
import type { Network } from './network.ts';
import type { NodeIdentity } from './node-object.ts';
import { resourcesOf } from './node-object.ts';
import { reportVolumesInUse } from './node-status.ts';
import { register } from './registration.ts';
import { insist, isAborted, repeat } from './repeat.ts';
import { identityOf } from './shape.ts';
import { FAKE_NODE, silence, wake } from './silence.ts';
import type { Timing } from './timing.ts';

/** What a machine that boots as a KWOK Node is made of. */
export type FakeNodeDeps = {
  api: Api;
  identity: NodeIdentity;
  log: Logger;
  timing: Timing;
  network: Network;
  power: AbortSignal;
};

const RETRY_MS = 500;

const volumeNames = async (api: Api, pod: V1Pod): Promise<string[]> => {
  const names: string[] = [];
  for (const claim of claimNames(pod)) {
    const volume = await volumeOfClaim(api, pod.metadata?.namespace ?? '', claim).catch(() => undefined);
    const handle = volume?.spec?.csi?.volumeHandle;
    if (handle !== undefined) names.push(uniqueName(handle));
  }
  return names;
};

/** KWOK knows nothing of volumes: what its pods use is reported here, and the last step of a growth is done. */
const volumesReporter = ({ api, identity }: FakeNodeDeps) => {
  let reported = '';
  return async (pods: readonly V1Pod[]): Promise<void> => {
    const names = new Set<string>();
    for (const pod of pods) {
      for (const name of await volumeNames(api, pod)) names.add(name);
      await finishGrowth(api, pod, (_volumeId, bytes) => Promise.resolve(bytes));
    }
    const now = [...names].toSorted();
    if (now.join() === reported) return;
    await reportVolumesInUse(api, identity.name, now);
    reported = now.join();
  };
};

/** Whether the node controller took a pod that runs for one that does not. */
export const isDoubted = ({ metadata, status }: V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  status?.phase === 'Running' &&
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'False') === true;

/** The node controller calls the pods of a silent Node not ready. Their kubelet would know better; KWOK says nothing twice. */
const answerForPods = async (api: Api, pods: readonly V1Pod[]): Promise<void> => {
  for (const pod of pods.filter(isDoubted)) {
    const { name, namespace, uid } = identityOf(pod);
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: new Date() }];
    const body = { metadata: { uid }, status: { conditions } };
    await api.core.patchNamespacedPodStatus({ name, namespace, body }, STRATEGIC_MERGE);
  }
};

/** What a kubelet does of itself, and KWOK does not, while packets get through. */
const serve = (deps: FakeNodeDeps) => {
  const { api, identity, network } = deps;
  const reportVolumes = volumesReporter(deps);
  return async (): Promise<void> => {
    if (!network.isUp()) return;
    const { items } = await api.core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${identity.name}` });
    await reportVolumes(items);
    await answerForPods(api, items);
  };
};

const GOODBYE_MS = 3000;

/** Makes the Node as silent as its machine, one change after the other. */
const followNetwork = ({ api, identity, network, power, log }: FakeNodeDeps): void => {
  let last = Promise.resolve();
  const follow = (until: AbortSignal, isUp: () => boolean): void => {
    const change = () => (isUp() ? wake : silence)(api, identity.name);
    const tell = (error: unknown) => log.warn({ error: messageOf(error) }, 'KWOK not told of the network');
    last = last.then(async () => {
      await insist(RETRY_MS, until, change, tell);
    });
  };
  // Given up in time for a machine that boots again.
  const sayGoodbye = (): void => follow(AbortSignal.timeout(GOODBYE_MS), () => false);
  if (power.aborted) {
    sayGoodbye();
    return;
  }
  power.addEventListener('abort', sayGoodbye, { once: true });
  if (!network.isUp()) follow(power, network.isUp);
  network.onChange(() => follow(power, network.isUp), power);
};

/** Registers the machine as a Node that KWOK plays; there is no process behind its pods. Ends when the power goes. */
export const startFakeNode = async (deps: FakeNodeDeps): Promise<void> => {
  const { api, identity, log, network, power, timing } = deps;
  const tell = (what: string) => (error: unknown) => {
    log.warn({ error: messageOf(error) }, what);
  };
  const join = async (): Promise<void> => {
    if (!network.isUp()) throw new Error('the machine has no network');
    // With what the machine has, as a kubelet does: KWOK would say that it has no end of everything.
    await register(api, identity, { annotations: FAKE_NODE, status: resourcesOf(identity) });
    await wake(api, identity.name);
  };
  await insist(RETRY_MS, power, join, tell('not registered'));
  followNetwork(deps);
  if (isAborted(power)) return;
  log.info('the Node has joined, as one of KWOK');
  void repeat(timing.refresh, power, serve(deps), tell('volumes and pods not reported'));
};
