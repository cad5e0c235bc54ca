import type { ApiObject, DesiredChild, JsonObject } from '../api-object.ts';
import { lastAppliedOf, withLastApplied, withoutLastApplied } from './last-applied.ts';
import { merge } from './merge.ts';

/** Fields of metadata that only the API server sets: a hook that names them causes no difference. */
const SYSTEM_FIELDS = [
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
];

const restore = (merged: JsonObject, observed: JsonObject, fields: readonly string[]): JsonObject => {
  const kept = Object.entries(merged).filter(([key]) => !fields.includes(key));
  const original = Object.entries(observed).filter(([key]) => fields.includes(key));
  return Object.fromEntries([...kept, ...original]);
};

/** The observed object with what the hook wants merged in; equal to the observed one when there is nothing to do. */
export const applyDesired = (observed: ApiObject, desired: DesiredChild): ApiObject => {
  const wish = withoutLastApplied(desired);
  const before = observed as unknown as JsonObject;
  const merged = restore(merge(before, lastAppliedOf(observed), wish), before, ['status']);
  const metadata = restore(merged.metadata as JsonObject, observed.metadata, SYSTEM_FIELDS);
  return withLastApplied({ ...merged, metadata } as unknown as ApiObject, wish);
};
