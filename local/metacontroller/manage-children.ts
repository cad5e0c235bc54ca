import type { Applier } from './apply/applier.ts';
import type { ApiClient } from './api-client.ts';
import { describe, type ApiObject, type DesiredChild } from './api-object.ts';
import type { UpdateMethod } from './composite-controller.ts';
import { deleteObserved } from './delete-observed.ts';
import type { Discovery } from './discovery.ts';
import type { ObjectMap } from './object-map.ts';
import { messageOf } from './fault.ts';

export type Management = {
  api: ApiClient;
  discovery: Discovery;
  applier: Applier;
  /** The update method of a kind, by group and kind. */
  methodOf: (group: string, kind: string) => UpdateMethod;
  parent: ApiObject;
};

const inRandomOrder = <T>(values: T[]): T[] =>
  values
    .map((value) => ({ value, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ value }) => value);

/** Runs each step whatever becomes of the others; their faults. */
const tryEach = async (steps: (() => Promise<void>)[]): Promise<string[]> => {
  const faults: string[] = [];
  for (const step of steps) await step().catch((error: unknown) => faults.push(messageOf(error)));
  return faults;
};

const deletions = ({ api, discovery }: Management, observed: ObjectMap<ApiObject>, desired: ObjectMap<DesiredChild>) =>
  inRandomOrder(Object.entries(observed)).flatMap(([kindKey, children]) =>
    inRandomOrder(Object.entries(children))
      .filter(([key, child]) => child.metadata.deletionTimestamp === undefined && desired[kindKey]?.[key] === undefined)
      .map(([, child]) => async () => {
        const resource = await discovery.kind(child.apiVersion, child.kind);
        await deleteObserved(api, resource, child).catch((error: unknown) => {
          throw new Error(`can't delete ${describe(child)}: ${messageOf(error)}`);
        });
      }),
  );

const applications = (management: Management, observed: ObjectMap<ApiObject>, desired: ObjectMap<DesiredChild>) =>
  inRandomOrder(Object.entries(desired)).flatMap(([kindKey, children]) =>
    inRandomOrder(Object.entries(children)).map(([key, child]) => async () => {
      const resource = await management.discovery.kind(child.apiVersion, child.kind);
      const method = management.methodOf(resource.group, resource.kind);
      await management.applier({ ...management, resource, method, observed: observed[kindKey]?.[key], desired: child });
    }),
  );

/**
 * Makes the children what the hook wants: first deletes what was observed and is not wanted, then creates and updates.
 * Kinds and objects come in random order and a failure stops nothing; all failures are thrown together at the end.
 */
export const manageChildren = async (
  management: Management,
  observed: ObjectMap<ApiObject>,
  desired: ObjectMap<DesiredChild>,
): Promise<void> => {
  const faults = [
    ...(await tryEach(deletions(management, observed, desired))),
    ...(await tryEach(applications(management, observed, desired))),
  ];
  if (faults.length > 0) throw new Error(faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`);
};
