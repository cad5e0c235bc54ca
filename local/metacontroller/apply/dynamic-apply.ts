import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists, isConflict, isNotFound } from '../api-client.ts';
import { deleteObserved } from '../delete-observed.ts';
import type { ApiObject } from '../api-object.ts';
import { pathOf } from '../resource.ts';
import { owned, type Applier, type Application } from './applier.ts';
import { applyDesired } from './apply-desired.ts';
import { withLastApplied } from './last-applied.ts';

const create = async ({ api, resource, parent, desired }: Application): Promise<void> => {
  // The annotation remembers the wish alone, so it comes before the owner.
  const child = owned({ parent, desired: withLastApplied(desired, desired) });
  const path = pathOf(resource, { namespace: desired.metadata.namespace });
  await api.call({ method: 'POST', path, body: child }).catch((error: unknown) => {
    // Someone else's object of that name: nobody hears of it, and the next pass tries again.
    if (!isAlreadyExists(error)) throw error;
  });
};

const replace = async ({ api, resource, desired }: Application, body: ApiObject): Promise<void> => {
  const { namespace, name } = desired.metadata;
  await api.call({ method: 'PUT', path: pathOf(resource, { namespace, name }), body }).catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
};

/** Metacontroller's default: merges on this side and writes the whole object with the resourceVersion it observed. */
export const dynamicApply: Applier = async (application) => {
  const { observed, desired, method } = application;
  if (observed === undefined) return create(application);
  const merged = applyDesired(observed, desired);
  if (isDeepStrictEqual(merged, observed) || observed.metadata.deletionTimestamp !== undefined) return;
  if (method === 'InPlace') await replace(application, merged);
  if (method === 'Recreate') await deleteObserved(application.api, application.resource, observed);
};
