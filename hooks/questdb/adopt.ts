import type { QuestDB } from '../api/generated/questdb.ts';
import { DATABASE } from '../api/labels.ts';
import { RetryLater } from '../metacontroller/errors.ts';
import type { DesiredObject, KubernetesObject, SyncRequest } from '../metacontroller/contract.ts';
import { assertLiving, assertSameSpec } from '../metacontroller/live-parent.ts';
import { identityOf } from './observe.ts';
import type { DatabasePorts } from './ports.ts';

/**
 * Metacontroller swallows the conflict when a child's name is taken, on every pass. So a child that was wanted before and is not there
 * is looked at: what `kubectl delete --cascade=orphan` left behind is taken over, and anything else is named.
 * Throws RetryLater when something was taken over, so that nothing older is applied.
 * @returns the names that are taken by somebody else, as `Kind/name`.
 */
export const adoptMissing = async (
  ports: DatabasePorts,
  request: SyncRequest<QuestDB>,
  desired: readonly DesiredObject[],
): Promise<string[]> => {
  const { parent } = request;
  if (parent.status?.conditions === undefined) return [];
  const identity = identityOf(parent);
  const found = await Promise.all(
    desired
      .filter((child) => !isObserved(request, child))
      .map((child) => ports.cluster.readChild(identity.namespace, child)),
  );
  const taken = found
    .filter((child) => child !== undefined)
    .filter((child) => !isControlledBy(child, parent.metadata.uid));
  const orphans = taken.filter((child) => isOrphanOf(child, identity.database));
  if (orphans.length > 0) await adoptAll(ports, parent, orphans);
  return taken
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
};

const isObserved = ({ children }: SyncRequest<QuestDB>, { kind, metadata }: DesiredObject): boolean =>
  Object.entries(children).some(
    ([outer, objects]) =>
      outer.startsWith(`${kind}.`) && Object.values(objects).some((child) => child.metadata.name === metadata.name),
  );

/** Metacontroller made it and its cache lags. */
const isControlledBy = ({ metadata }: KubernetesObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;

const isOrphanOf = ({ metadata }: KubernetesObject, database: string): boolean =>
  metadata.labels?.[DATABASE] === database &&
  metadata.deletionTimestamp === undefined &&
  !(metadata.ownerReferences ?? []).some(({ controller }) => controller === true);

const adoptAll = async (
  ports: DatabasePorts,
  parent: QuestDB,
  orphans: readonly KubernetesObject[],
): Promise<never> => {
  const identity = identityOf(parent);
  assertLiving(assertSameSpec(parent, await ports.cluster.readParent(identity.namespace, identity.database)));
  // A node's name may have counted on; by its label it is found whatever it is called.
  const nodes = await ports.cluster.orphanedNodes(identity);
  const all = new Map([...orphans, ...nodes].map((child) => [`${child.kind}/${child.metadata.name}`, child]));
  for (const child of all.values()) await ports.cluster.adopt(child, parent.metadata.uid);
  await ports.cluster.record(
    parent,
    'Normal',
    'Adopted',
    `Took over what was left of this database: ${[...all.keys()].sort().join(', ')}.`,
  );
  throw new RetryLater(1, 'Objects of this database were taken over; waiting for them to be observed.');
};
