import { describe, expect, it } from 'vitest';
import { DEFINITIONS, walk, type Schema } from './definitions.ts';

const fields = DEFINITIONS.flatMap(({ kind, schema }) => walk(schema).map(([path, field]) => ({ kind, path, field })));

/** Paths of what breaks a rule, so that a failure says where. */
const offenders = (breaks: (field: Schema, path: string) => boolean): string[] =>
  fields.filter(({ field, path }) => breaks(field, path)).map(({ kind, path }) => `${kind} ${path}`);

const isText = ({ type, enum: values, format }: Schema): boolean =>
  type === 'string' && values === undefined && format !== 'date-time';

describe('the CRDs are the manual', () => {
  it('have a description for every field, which is a sentence', () => {
    const undescribed = offenders(
      ({ description }, path) => !/\{\}$|^metadata$/.test(path) && !/^[A-Z].{6,}\.$/s.test(description ?? ''),
    );
    expect(undescribed).toEqual([]);
  });

  it('say each default in words', () => {
    const silent = offenders(
      ({ default: value, description = '' }) => value !== undefined && !/[Dd]efault/.test(description),
    );
    expect(silent).toEqual([]);
    const other = offenders(
      ({ default: value, description = '' }) =>
        value !== undefined && !description.includes(JSON.stringify(value).replaceAll('"', '')),
    );
    expect(other).toEqual([]);
  });
});

describe('the CRDs are bounded', () => {
  it('in every text', () => {
    expect(
      offenders((field, path) => isText(field) && field.maxLength === undefined && !/^(apiVersion|kind)$/.test(path)),
    ).toEqual([]);
  });

  it('in every list, which says how it merges', () => {
    expect(offenders(({ type, maxItems }) => type === 'array' && maxItems === undefined)).toEqual([]);
    expect(offenders((field) => field.type === 'array' && field['x-kubernetes-list-type'] === undefined)).toEqual([]);
  });

  it('in every map', () => {
    expect(offenders((field) => field.additionalProperties !== undefined && field.maxProperties === undefined)).toEqual(
      [],
    );
  });

  it('in what they keep: no field of unknown shape', () => {
    expect(offenders((field) => field['x-kubernetes-preserve-unknown-fields'] === true)).toEqual([]);
    const shapeless = (field: Schema, path: string) =>
      field.type === 'object' &&
      path !== 'metadata' &&
      field.properties === undefined &&
      field.additionalProperties === undefined;
    expect(offenders(shapeless)).toEqual([]);
  });

  it('have no default inside a list, where a merge would lose it', () => {
    expect(offenders(({ default: value }, path) => value !== undefined && path.includes('[]'))).toEqual([]);
  });

  it.each(DEFINITIONS.map(({ file, text }) => [file, text] as const))(
    '%s is under 200 KiB, also in the annotation that kubectl apply makes',
    (_, text) => {
      expect(Buffer.byteLength(text)).toBeLessThan(200 * 1024);
    },
  );
});

describe('the CRDs live beside other operators for QuestDB', () => {
  it('by names of their own', () => {
    const names = DEFINITIONS.map(({ kind, shortNames, categories }) => [kind, shortNames, categories]);
    expect(names.sort()).toEqual([
      ['QuestDB', ['qf'], ['questdb-fleet']],
      ['QuestDBNode', ['qfnode'], ['questdb-fleet']],
      ['QuestDBNodeClass', ['qfclass'], ['questdb-fleet']],
      ['QuestDBVolume', ['qfvol'], ['questdb-fleet']],
    ]);
  });
});

describe('every rule', () => {
  it('has a sentence that names a field', () => {
    const rules = fields.flatMap(({ field }) => field['x-kubernetes-validations'] ?? []);
    expect(rules.length).toBeGreaterThan(0);
    for (const { message } of rules) expect(message).toMatch(/\b(spec|metadata)\b/);
  });
});
