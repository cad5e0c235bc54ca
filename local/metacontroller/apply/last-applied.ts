import { isObject, type ApiObject, type DesiredChild, type JsonObject, type JsonValue } from '../api-object.ts';

/** The annotation that remembers what a hook wanted the last time. */
export const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';

const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
};

/** JSON as Go writes it, keys sorted and HTML escaped: changing over to the real Metacontroller rewrites no child. */
export const goJson = (value: unknown): string =>
  JSON.stringify(sorted(value as JsonValue)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const lastAppliedOf = (object: ApiObject): JsonObject | undefined => {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  return text ? (JSON.parse(text) as JsonObject) : undefined;
};

/** Without the annotation, should a hook have copied it from what it observed. */
export const withoutLastApplied = (child: DesiredChild): DesiredChild => {
  const { [LAST_APPLIED]: found, ...annotations } = child.metadata.annotations ?? {};
  return found === undefined ? child : { ...child, metadata: { ...child.metadata, annotations } };
};

export const withLastApplied = <T extends { metadata: { annotations?: Record<string, string> } }>(
  object: T,
  desired: DesiredChild,
): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: goJson(desired) } },
});
