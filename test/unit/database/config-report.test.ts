import { describe, expect, it } from 'vitest';
import { parametersIn, parametersQuery, reportOn } from '../../../hooks/database/config-report.ts';

/** Rows as `SHOW PARAMETERS` has them: key, value, source, reloadable. */
type Row = [string, string, string, boolean];
const report = (config: Record<string, string>, ...rows: Row[]) => reportOn(config, parametersIn(rows));
const NONE = { unknown: [], reloading: [], notLoaded: [] };

describe('what a running database has of its configuration', () => {
  it('is all of it', () => {
    expect(report({ a: '1', b: ' 2 ' }, ['a', '1', 'conf', true], ['b', '2', 'conf', false])).toEqual(NONE);
    expect(report({})).toEqual(NONE);
  });

  it.each<[string, Record<string, string>, Row, object]>([
    ['another value, reloadable', { a: '2' }, ['a', '1', 'conf', true], { reloading: ['a'] }],
    ['another value, not reloadable', { a: '2' }, ['a', '1', 'conf', false], { notLoaded: ['a'] }],
    ['the default, which may look the same', { a: '1' }, ['a', '1', 'default', true], { reloading: ['a'] }],
    ['a key that was removed', {}, ['a', '1', 'conf', true], { reloading: ['a'] }],
    ['a key that was removed, not reloadable', {}, ['a', '1', 'conf', false], { notLoaded: ['a'] }],
    ['what the environment says, which wins', { a: '2' }, ['a', '1', 'env', true], {}],
    ['nothing of a key', { x: '2' }, ['a', '1', 'default', true], { unknown: ['x'] }],
  ])('may be %s', (_name, config, row, difference) => {
    expect(report(config, row)).toEqual({ ...NONE, ...difference });
  });

  it('names keys in order', () => {
    expect(report({ z: '1', y: '1' })).toEqual({ ...NONE, unknown: ['y', 'z'] });
    expect(report({}, ['z', '', 'conf', true], ['y', '', 'conf', true])).toEqual({ ...NONE, reloading: ['y', 'z'] });
  });

  it('is asked for what is wanted, and what came from the file', () => {
    expect(parametersQuery({})).toMatch(/where value_source = 'conf'$/);
    expect(parametersQuery({ 'a.b': '1', c: '' })).toMatch(/or property_path in \('a\.b', 'c'\)$/);
  });
});
