import { CoreV1Api, KubeConfig, V1DeleteOptions, makeInformer, type V1Node, type V1Pod } from '@kubernetes/client-node';
import { isPlayed } from '../machines/silence.ts';
import { settingsOfThisProcess } from '../settings.ts';
import { kubeconfigOf } from './credentials.ts';

/**
 * Ends the pods of KWOK's nodes as a kubelet does: by uid. KWOK's own stage deletes by name and, under load, takes a
 * StatefulSet's next pod of that name with it.
 */
const config = new KubeConfig();
config.loadFromFile(kubeconfigOf(settingsOfThisProcess(), 'kwok'));
const core = config.makeApiClient(CoreV1Api);

const fakeNodes = new Set<string>();

const finish = async (pod: V1Pod): Promise<void> => {
  if (pod.metadata === undefined) return;
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  if (name === undefined || namespace === undefined || uid === undefined) return;
  if (deletionTimestamp === undefined || !fakeNodes.has(pod.spec?.nodeName ?? '')) return;
  const body = Object.assign(new V1DeleteOptions(), { gracePeriodSeconds: 0, preconditions: { uid } });
  try {
    await core.deleteNamespacedPod({ name, namespace, body });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // 404: gone already; 409: another pod has the name by now.
    if (code !== 404 && code !== 409) console.error(`pod ${namespace}/${name}: ${String(error)}`);
  }
};

const nodes = makeInformer(config, '/api/v1/nodes', () => core.listNode());
const pods = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());

const remember = (node: V1Node): void => {
  const name = node.metadata?.name ?? '';
  // Where a machine has no power or no network nobody ends its pods.
  if (!isPlayed(node)) fakeNodes.delete(name);
  if (!isPlayed(node) || fakeNodes.has(name)) return;
  fakeNodes.add(name);
  // Pods of this node that were deleted before it was known here.
  for (const pod of pods.list()) void finish(pod);
};

nodes.on('add', remember);
nodes.on('update', remember);
nodes.on('delete', (node) => void fakeNodes.delete(node.metadata?.name ?? ''));
pods.on('add', (pod) => void finish(pod));
pods.on('update', (pod) => void finish(pod));

/** A watch that ends with an error is started again; the API server may be restarted under it. */
const RETRY = 1000;
for (const informer of [nodes, pods]) {
  informer.on('error', () => void setTimeout(() => void informer.start(), RETRY));
}

process.on('SIGTERM', () => process.exit(0));
await Promise.all([nodes.start(), pods.start()]);
console.log('finishing deleted pods of KWOK nodes');
