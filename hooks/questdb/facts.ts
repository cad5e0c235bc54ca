import type { QuestDB } from '../api/generated/questdb.ts';
import { podName } from '../api/names.ts';
import type { SyncRequest } from '../metacontroller/contract.ts';
import { acceptedConfig } from './config.ts';
import { credentialsFor, credentialsSourceOf } from './credentials-facts.ts';
import type { Credentials } from './pod-input.ts';
import { identityOf, statefulSetIn, wasReady, type Facts } from './observe.ts';
import type { DatabasePorts, Pod, Probe, ProbeSubject } from './ports.ts';
import { credentialsOf, isSettled, type StatefulSet } from './statefulset.ts';

/** The live facts a request does not have: few, and only as long as the database is not Ready. */
export const gather = async (ports: DatabasePorts, request: SyncRequest<QuestDB>): Promise<Facts> => {
  const { parent } = request;
  const statefulSet = statefulSetIn(request);
  const runs = statefulSet !== undefined && isSettled(statefulSet);
  const isSteady = runs && wasReady(parent);
  const pod = statefulSet === undefined || isSteady ? undefined : await readPod(ports, parent);
  // Only the request says that the StatefulSet is settled; that there is a pod was read from the API server.
  const canAnswer = isSteady || (runs && pod !== undefined);
  const probe = canAnswer ? await ask(ports, subjectOf(parent, pod), isSteady) : UNASKED;
  return {
    pod,
    credentials: await credentialsFor(ports, parent, isSteady ? knownCredentials(statefulSet, probe) : undefined),
    probe,
    capacityRetrySeconds: ports.capacityRetrySeconds,
    operatorNamespace: ports.operatorNamespace,
    now: ports.now(),
  };
};

const UNASKED: Probe = { result: undefined, isFresh: false };

/** One that is Ready stays it without news. For one that has just started the answer is the last thing that is missing. */
const ask = async ({ probes }: DatabasePorts, subject: ProbeSubject, isSteady: boolean): Promise<Probe> =>
  isSteady ? probes.last(subject) : probes.first(subject);

/** A database that is Ready keeps the ones it has, unless the Secret it is asked with has become another one. */
const knownCredentials = (statefulSet: StatefulSet, { result }: Probe): Credentials | undefined => {
  const known = credentialsOf(statefulSet);
  return result === undefined || result.askedWith === known.revision ? known : undefined;
};

const readPod = ({ cluster }: DatabasePorts, parent: QuestDB): Promise<Pod | undefined> => {
  const { namespace, database } = identityOf(parent);
  return cluster.readPod(namespace, podName(database));
};

const subjectOf = (parent: QuestDB, pod: Pod | undefined): ProbeSubject => ({
  ...credentialsSourceOf(parent),
  uid: parent.metadata.uid,
  podUid: pod?.metadata.uid,
  config: acceptedConfig(parent.spec.config),
});
