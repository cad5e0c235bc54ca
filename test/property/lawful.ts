import type { SchemaObject } from 'ajv';
import { expect } from 'vitest';
import schemas from '../../hooks/api/generated/schemas.json' with { type: 'json' };
import type { Condition } from '../../hooks/api/conditions.ts';
import type { ParentKind } from '../../hooks/api/kinds.ts';
import { RetryLater } from '../../hooks/metacontroller/errors.ts';
import { compileCheck, type Check } from '../../hooks/metacontroller/schema-compiler.ts';

/** The schema, but for an unknown field, which the API server would drop without a word: then status never is as answered. */
const closed = (schema: SchemaObject): SchemaObject => {
  const properties = schema.properties as Record<string, SchemaObject> | undefined;
  return {
    ...schema,
    ...(schema.items === undefined ? {} : { items: closed(schema.items as SchemaObject) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, closed(value)])),
          additionalProperties: false,
        }),
  };
};

const CHECKS = Object.fromEntries(
  Object.entries(schemas).map(([kind, { properties }]) => [
    kind,
    'status' in properties ? compileCheck(closed(properties.status as SchemaObject), { allErrors: true }) : () => [],
  ]),
) as Record<ParentKind, Check>;

type Status = { conditions?: Condition[] };

/** What the API server keeps as it is answered, and people can read. */
export const expectLawfulStatus = (kind: ParentKind, status: unknown, generation: number): void => {
  expect(
    CHECKS[kind](structuredClone(status)).map(({ instancePath, message }) => `${instancePath} ${message}`),
  ).toEqual([]);
  const { conditions = [] } = status as Status;
  for (const condition of conditions) {
    expect(condition.reason).toMatch(/^[A-Z][A-Za-z0-9]*$/);
    expect(condition.message.trim()).not.toBe('');
    expect(condition.observedGeneration).toBe(generation);
  }
  const types = conditions.map(({ type }) => type);
  expect(types).toEqual([...new Set(types)].sort());
};

/** The value as it crosses the wire: what is undefined is not there. */
export const onTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** No null, which would never come to rest. */
export const expectNoNull = (value: unknown): void => {
  expect(JSON.stringify(value)).not.toMatch(/[[:,]null[,\]}]/);
};

/** The answer, or undefined when the hook asks to be called again; any other error is a defect. */
export const answerOf = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RetryLater) return undefined;
    throw error;
  }
};
