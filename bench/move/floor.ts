import { kubectl } from '../../local/controlplane/kubectl.ts';
import { actOnPart } from '../../local/processes/control.ts';
import { waitUntil } from '../../local/processes/health.ts';
import type { Settings } from '../../local/settings.ts';
import type { BenchDatabase } from './database.ts';

const SECOND_NODE = 'bench-second';
const NODE_LABEL = 'questdb-fleet.dev/node';
const DEDICATED = 'questdb-fleet.dev/dedicated';

type StatefulSet = {
  metadata: { generation: number };
  spec: { template: { spec: { nodeSelector: Record<string, string> } } };
  status: { observedGeneration: number; currentRevision: string; updateRevision: string; readyReplicas?: number };
};

const secondNode = (database: BenchDatabase, instanceType: string, zone: string) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDBNode',
  metadata: { namespace: database.namespace, name: SECOND_NODE },
  spec: { databaseName: 'nobody', instanceType, zone, className: 'default' },
});

const isSettled = ({ metadata, status }: StatefulSet): boolean =>
  status.observedGeneration === metadata.generation &&
  status.currentRevision === status.updateRevision &&
  status.readyReplicas === 1;

/** Puts the pod on another Node by hand and waits until it is ready there: what Kubernetes itself takes for it. */
const placeByHand = async ({ run, name }: BenchDatabase, nodeUid: string): Promise<void> => {
  const toleration = { key: DEDICATED, operator: 'Equal', value: nodeUid, effect: 'NoSchedule' };
  const spec = { nodeSelector: { [NODE_LABEL]: nodeUid }, tolerations: [toleration] };
  await run('patch', `statefulset/${name}`, '--type=merge', '-p', JSON.stringify({ spec: { template: { spec } } }));
  await waitUntil(
    async () => {
      const set = JSON.parse(await run('get', `statefulset/${name}`, '-o', 'json')) as StatefulSet;
      return isSettled(set) ? true : undefined;
    },
    { seconds: 120, message: () => 'The pod is not ready on the other Node.' },
  );
};

/** The gaps of so many moves by hand, to and fro, between the database's Node and a second one that is Ready. */
export const measureFloor = async (settings: Settings, database: BenchDatabase, moves: number): Promise<number[]> => {
  const { node } = ((await database.get(`questdb/${database.name}`)) as { status?: { node?: Record<string, string> } })
    .status ?? { node: {} };
  const { name = '', instanceType = '', zone = '' } = node ?? {};
  const first = (await database.get(`questdbnode/${name}`)).metadata.uid;
  await kubectl(settings, ['apply', '-f', '-'], JSON.stringify(secondNode(database, instanceType, zone)));
  await database.waitUntilReady(`questdbnode/${SECOND_NODE}`);
  const second = (await database.get(`questdbnode/${SECOND_NODE}`)).metadata.uid;
  // Nobody may put it back meanwhile.
  await actOnPart(settings, 'metacontroller', 'stop');
  const gaps: number[] = [];
  for (let move = 0; move < moves; move += 1) {
    gaps.push(await database.gapDuring(() => placeByHand(database, move % 2 === 0 ? second : first)));
  }
  if (moves % 2 === 1) await placeByHand(database, first);
  await actOnPart(settings, 'metacontroller', 'start');
  await database.run('delete', `questdbnode/${SECOND_NODE}`, '--wait=false');
  return gaps;
};
