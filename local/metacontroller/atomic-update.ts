import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, isConflict, type ApiClient } from './api-client.ts';
import type { ApiObject } from './api-object.ts';
import { pathOf, type Resource } from './resource.ts';

export type Writer = { api: ApiClient; resource: Resource };

const WAITS_MS = [10, 50, 250];

const once = async (
  { api, resource }: Writer,
  object: ApiObject,
  change: (fresh: ApiObject) => ApiObject | undefined,
  subresource: string | undefined,
): Promise<ApiObject> => {
  const { namespace, name, uid } = object.metadata;
  const fresh = await api.call<ApiObject>({ method: 'GET', path: pathOf(resource, { namespace, name }) });
  if (fresh.metadata.uid !== uid) throw new ApiError(404, 'NotFound', `${resource.plural} "${name}" not found`);
  const changed = change(fresh);
  if (changed === undefined) return fresh;
  const path = pathOf(resource, { namespace, name, ...(subresource === undefined ? {} : { subresource }) });
  return api.call<ApiObject>({ method: 'PUT', path, body: changed });
};

/**
 * Reads the object live, changes it and writes it back, again when someone was faster. Only the identity of `object` is
 * used: how old it is does not matter. `change` answers undefined for nothing to do.
 */
export const atomicUpdate = async (
  writer: Writer,
  object: ApiObject,
  change: (fresh: ApiObject) => ApiObject | undefined,
  subresource?: string,
): Promise<ApiObject> => {
  for (const wait of WAITS_MS) {
    try {
      return await once(writer, object, change, subresource);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await sleep(wait);
    }
  }
  return once(writer, object, change, subresource);
};
