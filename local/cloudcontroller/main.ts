import { join } from 'node:path';
import type { V1DeleteOptions, V1Node } from '@kubernetes/client-node';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { fetchMachines } from '../machines/account.ts';
import { apiFromFile, isAnswer, MERGE, messageOf } from '../machines/api.ts';
import { repeat } from '../machines/repeat.ts';
import { settingsOfThisProcess } from '../settings.ts';
import { actionFor, instanceIdOf } from './node-lifecycle.ts';
import { asModel, identityOf } from '../machines/shape.ts';

/** The part of EKS' cloud controller manager that Nodes need. Environment: LOCAL_STATE_DIR, CLOUD_CONTROLLER_POLL_MS. */
const { ports, paths } = settingsOfThisProcess();
const log = pino({ name: 'cloudcontroller' });
const api = apiFromFile(join(paths.kubeconfigs, 'cloudcontroller.kubeconfig'));
const ec2Url = `http://127.0.0.1:${String(ports.ec2)}`;
/** EKS' own looks every 5 s, and at once at a Node that is new. */
const POLL_MS = Number(process.env.CLOUD_CONTROLLER_POLL_MS ?? 500);

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

const look = async (): Promise<void> => {
  // Nodes first: an instance that is launched in between is then not taken for lost.
  const { items } = await api.core.listNode();
  const states = new Map((await fetchMachines(ec2Url)).map(({ instanceId, state }) => [instanceId, state]));
  for (const node of items) {
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
void repeat(POLL_MS, closing.signal, look, (error) => {
  log.warn({ error: messageOf(error) }, 'could not look after the Nodes');
});
log.info('running');
closeWithGrace({ delay: 1000 }, () => {
  closing.abort();
});
