import { isDeepStrictEqual } from 'node:util';
import { ApiError, isConflict, isNotFound } from '../api-client.ts';
import type { ApiObject, DesiredChild } from '../api-object.ts';
import { deleteObserved } from '../delete-observed.ts';
import { apiVersionOf, pathOf } from '../resource.ts';
import { owned, type Applier, type Application } from './applier.ts';
import { goJson, LAST_APPLIED, withoutLastApplied } from './last-applied.ts';

/** What was applied last, and what the API server made of it: the same again needs no request. */
type Memory = { json: string; generation: number; resourceVersion: string; uid: string };

const SYSTEM_FIELDS = new Set([
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
]);

const isSettled = (memory: Memory | undefined, observed: ApiObject, json: string): boolean => {
  const { uid, generation = 0, resourceVersion } = observed.metadata;
  if (memory?.uid !== uid || memory.json !== json || memory.generation !== generation) return false;
  return generation !== 0 || memory.resourceVersion === resourceVersion;
};

const memoryOf = (object: ApiObject, json: string): Memory => {
  const { uid, generation = 0, resourceVersion } = object.metadata;
  return { json, generation, resourceVersion, uid };
};

/** Without what the server sets, without status: what an apply may name, and what two objects are compared by. */
const essence = (object: DesiredChild | ApiObject): DesiredChild => {
  const { status: _status, ...rest } = object as DesiredChild & { status?: unknown };
  const child = withoutLastApplied(rest);
  const metadata = Object.fromEntries(Object.entries(child.metadata).filter(([key]) => !SYSTEM_FIELDS.has(key)));
  return { ...child, metadata: metadata as DesiredChild['metadata'] };
};

const patch = ({ api, resource, desired }: Application, body: DesiredChild, manager: string, dryRun = false) =>
  api.call<ApiObject>({
    method: 'PATCH',
    path: `${pathOf(resource, desired.metadata)}?fieldManager=${manager}&force=true${dryRun ? '&dryRun=All' : ''}`,
    body,
    contentType: 'application/apply-patch+yaml',
  });

const dropAnnotation = async ({ api, resource, desired, observed }: Application): Promise<void> => {
  if (observed?.metadata.annotations?.[LAST_APPLIED] === undefined) return;
  const path = `/metadata/annotations/${LAST_APPLIED.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  await api
    .call({
      method: 'PATCH',
      path: pathOf(resource, desired.metadata),
      body: [{ op: 'remove', path }],
      contentType: 'application/json-patch+json',
    })
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
};

/** Deletes the child, to be made anew by a later pass, when a dry run says that applying would change it. */
const recreate = async (application: Application, observed: ApiObject, body: DesiredChild, manager: string) => {
  const would = await patch(application, body, manager, true);
  if (would.metadata.generation !== observed.metadata.generation || would.metadata.uid !== observed.metadata.uid)
    throw new Error('generation or UID changed during dry run for server-side apply');
  if (isDeepStrictEqual(essence(would), essence(observed))) return false;
  await deleteObserved(application.api, application.resource, observed);
  return true;
};

const isRefusal = (error: unknown): boolean => error instanceof ApiError && [400, 403].includes(error.status);

/** `--apply-strategy=server-side-apply`: forces the wish on whatever has that name, be it ours or not. */
export const createServerSideApply = (manager = 'metacontroller'): Applier => {
  const memories = new Map<string, Memory>();

  return async (application) => {
    const { observed, resource, method, desired } = application;
    if (observed?.metadata.deletionTimestamp !== undefined) return;
    const body = essence(owned(application));
    const json = goJson(body);
    const { namespace = '', name } = desired.metadata;
    const key = `${apiVersionOf(resource)}/${resource.kind}/${namespace}/${name}`;
    if (observed !== undefined) {
      if (isSettled(memories.get(key), observed, json)) return;
      if (method === 'OnDelete') {
        memories.set(key, memoryOf(observed, json));
        return;
      }
      if (method === 'Recreate') {
        const deleted = await recreate(application, observed, body, manager).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
          return false;
        });
        if (deleted) memories.delete(key);
        else memories.set(key, memoryOf(observed, json));
        return;
      }
      await dropAnnotation(application);
    }
    const applied = await patch(application, body, manager).catch((error: unknown) => {
      if (!isConflict(error)) throw error;
      return undefined;
    });
    if (applied !== undefined) memories.set(key, memoryOf(applied, json));
  };
};
