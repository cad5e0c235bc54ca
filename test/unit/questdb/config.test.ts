import { describe, expect, it } from 'vitest';
import { acceptedConfig, configRevision, isOwned } from '../../../hooks/questdb/config.ts';
import { isReloadable } from '../../../hooks/questdb/reloadable.ts';
import { definitionOf } from '../../crds/definitions.ts';

describe('the configuration', () => {
  it('has every key but those the operator owns, in order', () => {
    expect(acceptedConfig({ b: '1', 'http.user': 'x', a: '2', 'pg.readonly.user': 'y' })).toEqual({ a: '2', b: '1' });
    expect(Object.keys(acceptedConfig({ b: '1', a: '2' }))).toEqual(['a', 'b']);
    expect(acceptedConfig()).toEqual({});
  });

  it('is restarted for what cannot be reloaded, and nothing else', () => {
    const revision = configRevision({ 'query.timeout': '90s' }, '9.3.4');
    expect(configRevision({ 'query.timeout': '90s', 'query.tracing.enabled': 'true' }, '9.3.4')).toBe(revision);
    expect(configRevision({ 'query.timeout': '90s', 'http.user': 'x' }, '9.3.4')).toBe(revision);
    expect(configRevision({ 'query.timeout': '80s' }, '9.3.4')).not.toBe(revision);
    expect(configRevision({}, '9.3.4')).not.toBe(revision);
    expect(configRevision(undefined, '9.3.4')).toBe(configRevision({}, '9.3.4'));
    const two = { 'query.timeout': '90s', 'cairo.writer.data.append.page.size': '8M' };
    expect(configRevision(two, '9.3.4')).toBe(
      configRevision(Object.fromEntries(Object.entries(two).reverse()), '9.3.4'),
    );
  });

  it.each([
    ['query.tracing.enabled', '9.1.0', true],
    ['query.tracing.enabled', '9.0.9', false],
    ['http.ilp.connection.limit', '9.2.2', false],
    ['http.ilp.connection.limit', '9.2.3', true],
    ['cairo.sql.copier.chunked', '9.3.3', false],
    ['cairo.sql.copier.chunked', '9.3.4', true],
    ['query.timeout', '9.3.4', false],
  ])('%s can be reloaded by %s: %s', (key, version, can) => {
    expect(isReloadable(key, version)).toBe(can);
  });

  it('owns the keys the schema refuses', () => {
    const schema = definitionOf('QuestDB').text;
    const list = /k in \[([^\]]*)\]/.exec(schema)?.[1] ?? '';
    const keys = [...list.matchAll(/'([^']+)'/g)].map(([, key]) => key ?? '');
    expect(keys.length).toBeGreaterThan(15);
    expect(keys.filter((key) => !isOwned(key))).toEqual([]);
    expect(isOwned('pg.readonly.user.enabled')).toBe(true);
    expect(isOwned('cairo.max.uncommitted.rows')).toBe(false);
  });
});
