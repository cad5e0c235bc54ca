import type { V1Pod } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { messageOf, MERGE, orAbsent, STRATEGIC_MERGE, type Api } from './api.ts';
import { uniqueName, volumeOfClaim } from './disks.ts';
import { claimNames, finishGrowth } from './growth.ts';
import type { NodeIdentity } from './node-object.ts';
import { resourcesOf } from './node-object.ts';
import { reportVolumesInUse } from './node-status.ts';
import { register } from './registration.ts';
import { insist, isAborted, repeat } from './repeat.ts';
import type { Timing } from './timing.ts';

/** What a machine that boots as a KWOK Node is made of. */
export type FakeNodeDeps = { api: Api; identity: NodeIdentity; log: Logger; timing: Timing; power: AbortSignal };

/** KWOK plays the kubelet of Nodes with this annotation. */
export const FAKE_NODE = { 'kwok.x-k8s.io/node': 'fake' };

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
const serveVolumes = ({ api, identity }: FakeNodeDeps) => {
  let reported = '';
  return async (): Promise<void> => {
    const { items } = await api.core.listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${identity.name}` });
    const names = new Set<string>();
    for (const pod of items) {
      for (const name of await volumeNames(api, pod)) names.add(name);
      await finishGrowth(api, pod, (_volumeId, bytes) => Promise.resolve(bytes));
    }
    const now = [...names].toSorted();
    if (now.join() === reported) return;
    await reportVolumesInUse(api, identity.name, now);
    reported = now.join();
  };
};

/** Power off: KWOK lets go of the Node, and what the node controller would find after its grace is said at once. */
const goDark = async (api: Api, name: string): Promise<void> => {
  const node = await orAbsent(api.core.readNode({ name }));
  if (node === undefined) return;
  await api.core.patchNode({ name, body: { metadata: { annotations: { 'kwok.x-k8s.io/node': null } } } }, MERGE);
  const ready = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: new Date(),
  };
  await api.core.patchNodeStatus({ name, body: { status: { conditions: [ready] } } }, STRATEGIC_MERGE);
};

/** Registers the machine as a Node that KWOK plays; there is no process behind its pods. Ends when the power goes. */
export const startFakeNode = async (deps: FakeNodeDeps): Promise<void> => {
  const { api, identity, log, power, timing } = deps;
  const tell = (what: string) => (error: unknown) => {
    log.warn({ error: messageOf(error) }, what);
  };
  const { name } = identity;
  const join = async (): Promise<void> => {
    await register(api, identity, FAKE_NODE);
    await api.core.patchNode({ name, body: { metadata: { annotations: FAKE_NODE } } }, MERGE);
    await api.core.patchNodeStatus({ name, body: { status: resourcesOf(identity) } }, MERGE);
  };
  await insist(RETRY_MS, power, join, tell('not registered'));
  if (isAborted(power)) return;
  log.info('the Node has joined, as one of KWOK');
  void repeat(timing.refresh, power, serveVolumes(deps), tell('volumes not reported'));
  power.addEventListener('abort', () => void goDark(api, name).catch(tell('not marked as gone')), { once: true });
};
