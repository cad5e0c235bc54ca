import { join } from 'node:path';
import { makeInformer, type V1DeleteOptions, type V1Node } from '@kubernetes/client-node';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { fetchMachines } from '../machines/account.ts';
import { apiFromFile, isAnswer, MERGE, messageOf } from '../machines/api.ts';
import { repeat } from '../machines/repeat.ts';
import { settingsOfThisProcess } from '../settings.ts';
import { actionFor, instanceIdOf, isUninitialized } from './node-lifecycle.ts';
import { asModel, identityOf } from '../machines/shape.ts';

/** The part of EKS' cloud controller manager that Nodes need. Environment: LOCAL_STATE_DIR, CLOUD_CONTROLLER_POLL_MS. */
const { ports, paths } = settingsOfThisProcess();
const log = pino({ name: 'cloudcontroller' });
const api = apiFromFile(join(paths.kubeconfigs, 'cloudcontroller.kubeconfig'));
const ec2Url = `http://127.0.0.1:${String(ports.ec2)}`;
/** EKS' own looks every 5 s, and at once at a Node that is new. */
const POLL_MS = Number(process.env.CLOUD_CONTROLLER_POLL_MS ?? 500);
const SOON_MS = 50;
/** A watch that ends with an error is started again; the API server may be restarted under it. */
const RETRY_MS = 1000;

const act = async (node: V1Node, state: string | undefined): Promise<void> => {
  const { name, uid } = identityOf(node);
  const action = actionFor(node, state);
  if (action.kind === 'delete') {
    log.info({ node: name, instance: instanceIdOf(node) }, 'the instance is gone: deleting its Node');
    await api.core.deleteNode({ name, body: asModel<V1DeleteOptions>({ preconditions: { uid } }) });
  }
  if (action.kind === 'setTaints') {
    const taints = action.taints.length > 0 ? action.taints : null;
    log.info({ node: name, state, taints: action.taints.map(({ key }) => key) }, 'setting the taints');
    await api.core.patchNode(
      { name, body: { metadata: { resourceVersion: node.metadata?.resourceVersion }, spec: { taints } } },
      MERGE,
    );
  }
};

const nodes = makeInformer(api.config, '/api/v1/nodes', () => api.core.listNode());

const look = async (): Promise<void> => {
  // Nodes first: an instance that is launched in between is then not taken for lost.
  const known = [...nodes.list()];
  const states = new Map((await fetchMachines(ec2Url)).map(({ instanceId, state }) => [instanceId, state]));
  for (const node of known) {
    const instanceId = instanceIdOf(node);
    if (instanceId === undefined) continue;
    try {
      await act(node, states.get(instanceId));
    } catch (error) {
      // Somebody else was faster: the next look sees it.
      if (!isAnswer(error, 404) && !isAnswer(error, 409)) throw error;
    }
  }
};

const closing = new AbortController();
const tell = (error: unknown): void => {
  log.warn({ error: messageOf(error) }, 'could not look after the Nodes');
};

/** One look after the other, however they are asked for. */
let looks = Promise.resolve();
const lookOnce = (): Promise<void> => {
  looks = looks.then(look, look);
  return looks;
};

/** A Node that has just joined waits for its first sight. */
let soon: NodeJS.Timeout | undefined;
const lookSoon = (node: V1Node): void => {
  if (soon !== undefined || !isUninitialized(node)) return;
  soon = setTimeout(() => {
    soon = undefined;
    void lookOnce().catch(tell);
  }, SOON_MS);
};

nodes.on('add', lookSoon);
nodes.on('update', lookSoon);
nodes.on('error', () => void setTimeout(() => void nodes.start(), RETRY_MS));
await nodes.start();
void repeat(POLL_MS, closing.signal, lookOnce, tell);
log.info('running');
closeWithGrace({ delay: 1000 }, async () => {
  closing.abort();
  await nodes.stop();
});
