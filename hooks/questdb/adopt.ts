import type { QuestDB } from '../api/generated/questdb.ts';
import { DATABASE } from '../api/labels.ts';
import { RetryLater } from '../metacontroller/errors.ts';
import type { DesiredObject, KubernetesObject, SyncRequest } from '../metacontroller/contract.ts';
import { assertLiving, assertSameSpec } from '../metacontroller/live-parent.ts';
import { identityOf } from './observe.ts';
import type { DatabasePorts } from './ports.ts';

/**
 * Metacontroller swallows the conflict when a child's name is taken, on every pass. So a child that was wanted before and is not there
 * is looked at: what `kubectl delete --cascade=orphan` left behind is taken over, and anything else is named. Before another QuestDBNode is asked for, all
 * that carry the database's label are looked at, whatever they are called, also those that go: never two instances for one need.
 * Throws RetryLater when something was taken over, or is the parent's and not in the request yet, so that nothing older is applied.
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
  const missing = desired.filter((child) => !isObserved(request, child));
  const found = await Promise.all(missing.map((child) => ports.cluster.readChild(identity.namespace, child)));
  const nodes = missing.some(({ kind }) => kind === 'QuestDBNode') ? await unobservedNodes(ports, request) : [];
  const living = [...found.filter((child) => child !== undefined), ...nodes].filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  const orphans = living.filter((child) => isOrphanOf(child, identity.database));
  if (orphans.length > 0) await adoptAll(ports, parent, orphans);
  if (nodes.some((node) => isControlledBy(node, parent.metadata.uid))) {
    throw new RetryLater(1, 'A QuestDBNode of this database was made and is not in the request yet.');
  }
  return found
    .filter((child) => child !== undefined)
    .filter((child) => child.metadata.deletionTimestamp === undefined && !isControlledBy(child, parent.metadata.uid))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
};

const unobservedNodes = async (
  { cluster }: DatabasePorts,
  request: SyncRequest<QuestDB>,
): Promise<KubernetesObject[]> =>
  (await cluster.nodesOf(identityOf(request.parent))).filter((node) => !isObserved(request, node));

const isObserved = (
  { children }: SyncRequest<QuestDB>,
  { kind, metadata }: Pick<DesiredObject, 'kind' | 'metadata'>,
): boolean =>
  Object.entries(children).some(
    ([outer, objects]) =>
      outer.startsWith(`${kind}.`) && Object.values(objects).some((child) => child.metadata.name === metadata.name),
  );

/** Whether the API server says that the object is this parent's. */
export const isControlledBy = ({ metadata }: KubernetesObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;

const isOrphanOf = ({ metadata }: KubernetesObject, database: string): boolean =>
  metadata.labels?.[DATABASE] === database &&
  !(metadata.ownerReferences ?? []).some(({ controller }) => controller === true);

const adoptAll = async (
  ports: DatabasePorts,
  parent: QuestDB,
  orphans: readonly KubernetesObject[],
): Promise<never> => {
  const { namespace, database } = identityOf(parent);
  assertLiving(assertSameSpec(parent, await ports.cluster.readParent(namespace, database)));
  const all = new Map(orphans.map((child) => [`${child.kind}/${child.metadata.name}`, child]));
  for (const child of all.values()) await ports.cluster.adopt(child, parent.metadata.uid);
  const names = [...all.keys()].sort().join(', ');
  await ports.cluster.record(parent, 'Normal', 'Adopted', `Took over what was left of this database: ${names}.`);
  throw new RetryLater(1, 'Objects of this database were taken over; waiting for them to be observed.');
};
