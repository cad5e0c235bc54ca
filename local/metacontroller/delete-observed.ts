import { isNotFound, type ApiClient } from './api-client.ts';
import type { ApiObject } from './api-object.ts';
import { pathOf, type Resource } from './resource.ts';

/** Deletes in the background exactly the object that was observed; that it is gone already is fine. */
export const deleteObserved = async (api: ApiClient, resource: Resource, child: ApiObject): Promise<void> => {
  const { namespace, name, uid } = child.metadata;
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid }, propagationPolicy: 'Background' };
  await api
    .call({ method: 'DELETE', path: pathOf(resource, { namespace, name }), body: options })
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
};
