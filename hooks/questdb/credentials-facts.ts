import type { QuestDB } from '../api/generated/questdb.ts';
import { assertLiving, assertSameSpec } from '../metacontroller/live-parent.ts';
import { RetryLater } from '../metacontroller/errors.ts';
import { rotationOf, type CredentialsSource, type CredentialsState } from './credentials.ts';
import { identityOf } from './observe.ts';
import type { Credentials } from './pod-input.ts';
import type { DatabasePorts } from './ports.ts';

export const credentialsSourceOf = (database: QuestDB): CredentialsSource => ({
  ...identityOf(database),
  secretName: database.spec.credentials?.secretName,
});

/**
 * The Secret a pod is made with. One that the user names is only read. The other one is made once, unowned, and kept with the data; it is given a new
 * password when that is asked for.
 */
export const credentialsFor = async (
  ports: DatabasePorts,
  parent: QuestDB,
  known: Credentials | undefined,
): Promise<CredentialsState> => {
  const source = credentialsSourceOf(parent);
  const rotation = rotationOf(parent);
  if (known !== undefined && rotation === undefined) return { state: 'Found', credentials: known, rotation };
  const found = await ports.cluster.readCredentials(source);
  if (found.state === 'Absent' && source.secretName === undefined) return create(ports, parent);
  if (found.state !== 'Found' || rotation === undefined || found.rotation === rotation) return found;
  return rotate(ports, parent, { revision: found.credentials.revision, rotation });
};

const livingParent = async (cluster: DatabasePorts['cluster'], parent: QuestDB): Promise<QuestDB> => {
  const { namespace, database } = identityOf(parent);
  return assertLiving(assertSameSpec(parent, await cluster.readParent(namespace, database)));
};

const create = async ({ cluster }: DatabasePorts, parent: QuestDB): Promise<CredentialsState> => {
  const live = await livingParent(cluster, parent);
  return cluster.createCredentials(identityOf(parent), rotationOf(live));
};

const rotate = async (
  { cluster }: DatabasePorts,
  parent: QuestDB,
  change: { revision: string; rotation: string },
): Promise<CredentialsState> => {
  const live = await livingParent(cluster, parent);
  // An annotation is no part of the generation.
  if (rotationOf(live) !== change.rotation) {
    throw new RetryLater(1, 'The request is older than the object; waiting for a current one.');
  }
  const rotated = await cluster.rotateCredentials(identityOf(parent), change);
  await cluster.record(
    parent,
    'Normal',
    'CredentialsRotated',
    'The Secret has a new password; the database is restarted with it.',
  );
  return rotated;
};
