import { isNotFound, type ApiClient } from './api-client.ts';
import { controllerOf, describe, type ApiObject, type OwnerReference } from './api-object.ts';
import { atomicUpdate, type Writer } from './atomic-update.ts';
import type { Informer } from './informer.ts';
import type { ParentSelector } from './parent-selector.ts';
import { apiVersionOf, pathOf, type Resource } from './resource.ts';
import { messageOf } from './fault.ts';

type Claim = {
  api: ApiClient;
  parentResource: Resource;
  parent: ApiObject;
  selector: ParentSelector;
};

/** The owner reference a parent puts on what it controls. */
export const controllerReference = (parent: ApiObject): OwnerReference => ({
  apiVersion: parent.apiVersion,
  kind: parent.kind,
  name: parent.metadata.name,
  uid: parent.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

const withOwners = (object: ApiObject, ownerReferences: OwnerReference[]): ApiObject => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences },
});

const ownersOf = (object: ApiObject): OwnerReference[] => object.metadata.ownerReferences ?? [];

/** Fails unless the parent, read live, is still the one and not being deleted. */
const checkMayAdopt = async ({ api, parentResource, parent }: Claim): Promise<void> => {
  const { namespace, name, uid } = parent.metadata;
  const fresh = await api.call<ApiObject>({ method: 'GET', path: pathOf(parentResource, { namespace, name }) });
  if (fresh.metadata.uid !== uid)
    throw new Error(`original ${describe(parent)} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`);
  if (fresh.metadata.deletionTimestamp !== undefined)
    throw new Error(`${describe(parent)} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
};

const adopt = async (claim: Claim, writer: Writer, child: ApiObject): Promise<void> => {
  const reference = {
    ...controllerReference(claim.parent),
    apiVersion: apiVersionOf(claim.parentResource),
    kind: claim.parentResource.kind,
  };
  await atomicUpdate(writer, child, (fresh) =>
    withOwners(fresh, [...ownersOf(fresh).filter(({ uid }) => uid !== reference.uid), reference]),
  );
};

const release = async (claim: Claim, writer: Writer, child: ApiObject): Promise<void> => {
  await atomicUpdate(writer, child, (fresh) =>
    withOwners(
      fresh,
      ownersOf(fresh).filter(({ uid }) => uid !== claim.parent.metadata.uid),
    ),
  );
};

/** Whether this observed object is now a child of the parent: it was, or it could be adopted. */
const claimOne = async (
  claim: Claim,
  writer: Writer,
  child: ApiObject,
  mayAdopt: () => Promise<void>,
): Promise<boolean> => {
  const matches = claim.selector(child.metadata.labels);
  const parentIsGoing = claim.parent.metadata.deletionTimestamp !== undefined;
  if (controllerOf(child) !== undefined) {
    if (!matches && !parentIsGoing) await release(claim, writer, child);
    return matches;
  }
  if (parentIsGoing || !matches || child.metadata.deletionTimestamp !== undefined) return false;
  await mayAdopt();
  await adopt(claim, writer, child);
  return true;
};

/**
 * The observed children of one kind: those the parent controls and whose labels match. Orphans with matching labels are
 * adopted, children whose labels no longer match are released; what is answered is what was observed before that.
 */
export const claimChildren = async (claim: Claim, informer: Informer): Promise<ApiObject[]> => {
  const writer = { api: claim.api, resource: informer.resource };
  const scope = claim.parentResource.namespaced ? claim.parent.metadata.namespace : undefined;
  const candidates = [
    ...informer.store.ownedBy(claim.parent.metadata.uid, scope),
    ...informer.store.orphans(scope).filter(({ metadata }) => claim.selector(metadata.labels)),
  ];
  let checked: Promise<void> | undefined;
  const mayAdopt = (): Promise<void> => (checked ??= checkMayAdopt(claim));
  const claimed: ApiObject[] = [];
  const faults: string[] = [];
  for (const child of candidates) {
    try {
      if (await claimOne(claim, writer, child, mayAdopt)) claimed.push(child);
    } catch (error) {
      if (!isNotFound(error)) faults.push(`can't claim ${describe(child)}: ${messageOf(error)}`);
    }
  }
  if (faults.length > 0) throw new Error(faults.join('; '));
  return claimed;
};
