import type { QuestDB } from '../api/generated/questdb.ts';
import { podName } from '../api/names.ts';
import { assertLiving, assertSameSpec } from '../metacontroller/live-parent.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { acceptedConfig } from './config.ts';
import { identityOf, statefulSetIn, wasReady, type Facts } from './observe.ts';
import { credentialsUidOf, isSettled } from './statefulset.ts';
import type { DatabasePorts, Pod, ProbeSubject } from './ports.ts';

/** The live facts a request does not have: few, and only as long as the database is not Ready. */
export const gather = async (ports: DatabasePorts, request: SyncRequest<QuestDB>): Promise<Facts> => {
  const { parent } = request;
  const statefulSet = statefulSetIn(request);
  const runs = statefulSet !== undefined && isSettled(statefulSet);
  const isSteady = runs && wasReady(parent);
  const pod = statefulSet === undefined || isSteady ? undefined : await readPod(ports, parent);
  // Only the request says that the StatefulSet is settled; that there is a pod was read from the API server.
  const canAnswer = isSteady || (runs && pod !== undefined);
  return {
    pod,
    credentials: await credentialsFor(ports, parent, isSteady ? credentialsUidOf(statefulSet) : undefined),
    probe: canAnswer ? ports.probes.last(subjectOf(parent, pod)) : { result: undefined, isFresh: false },
    capacityRetrySeconds: ports.capacityRetrySeconds,
    now: ports.now(),
  };
};

const readPod = ({ cluster }: DatabasePorts, parent: QuestDB): Promise<Pod | undefined> => {
  const { namespace, database } = identityOf(parent);
  return cluster.readPod(namespace, podName(database));
};

const subjectOf = (parent: QuestDB, pod: Pod | undefined): ProbeSubject => ({
  ...identityOf(parent),
  uid: parent.metadata.uid,
  podUid: pod?.metadata.uid,
  config: acceptedConfig(parent.spec.config),
});

/** The Secret is made once, unowned, and kept with the data. A database that is Ready keeps the one it has. */
const credentialsFor = async (
  { cluster }: DatabasePorts,
  parent: QuestDB,
  known: string | undefined,
): Promise<Facts['credentials']> => {
  if (known !== undefined) return { uid: known };
  const identity = identityOf(parent);
  const found = await cluster.readCredentials(identity);
  switch (found.state) {
    case 'Ours':
      return { uid: found.uid };
    case 'Foreign':
      return 'Foreign';
    case 'Absent':
      assertLiving(assertSameSpec(parent, await cluster.readParent(identity.namespace, identity.database)));
      return { uid: await cluster.createCredentials(identity) };
  }
};
