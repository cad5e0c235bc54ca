import { describe, expect, it } from 'vitest';
import { environment, passwordKeys, readsSecretFiles } from '../../../../hooks/questdb/children/environment.ts';
import { A_SECRET } from '../../../fixtures/questdb.ts';

describe('the environment of the engine', () => {
  const valueOf = (version: string, name: string) =>
    environment(version, A_SECRET).find((variable) => variable.name === name);

  it('owns the addresses, the health check and the metrics', () => {
    const names = Object.fromEntries(environment('9.3.4', A_SECRET).map(({ name, value }) => [name, value]));
    expect(names).toMatchObject({
      QDB_HTTP_BIND_TO: '0.0.0.0:9000',
      QDB_PG_NET_BIND_TO: '0.0.0.0:8812',
      QDB_LINE_TCP_NET_BIND_TO: '0.0.0.0:9009',
      QDB_HTTP_MIN_NET_BIND_TO: '0.0.0.0:9003',
      QDB_HTTP_HEALTH_CHECK_AUTHENTICATION_REQUIRED: 'false',
      QDB_METRICS_ENABLED: 'true',
      QDB_CONFIG_VALIDATION_STRICT: 'false',
    });
  });

  it('is sorted, and has no variable twice and none that is empty', () => {
    for (const version of ['9.1.0', '9.3.4']) {
      const variables = environment(version, A_SECRET);
      const names = variables.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)].sort());
      expect(variables.every(({ value, valueFrom }) => value !== '' && (value ?? valueFrom) !== undefined)).toBe(true);
    }
  });

  it.each(['QDB_HTTP', 'QDB_PG'])('gives the same user to %s', (prefix) => {
    expect(valueOf('9.3.4', `${prefix}_USER`)).toEqual({
      name: `${prefix}_USER`,
      valueFrom: { secretKeyRef: { name: 'trades-credentials', key: 'username' } },
    });
    expect(valueOf('9.3.4', `${prefix}_PASSWORD_FILE`)?.value).toBe('/etc/questdb/credentials/password');
    expect(valueOf('9.3.4', `${prefix}_PASSWORD`)).toBeUndefined();
    expect(valueOf('9.2.3', `${prefix}_PASSWORD_FILE`)).toBeUndefined();
    expect(valueOf('9.2.3', `${prefix}_PASSWORD`)?.valueFrom).toEqual({
      secretKeyRef: { name: 'trades-credentials', key: 'password' },
    });
  });

  it('has a second user where the Secret has one', () => {
    const names = (hasReadonly: boolean, version = '9.3.4') =>
      environment(version, { ...A_SECRET, hasReadonly })
        .map(({ name }) => name)
        .filter((name) => name.includes('READONLY'));
    expect(names(false)).toEqual([]);
    expect(names(true)).toEqual([
      'QDB_PG_READONLY_PASSWORD_FILE',
      'QDB_PG_READONLY_USER',
      'QDB_PG_READONLY_USER_ENABLED',
    ]);
    expect(names(true, '9.2.3')).toContain('QDB_PG_READONLY_PASSWORD');
    expect(passwordKeys({ ...A_SECRET, hasReadonly: true })).toEqual(['password', 'readonlyPassword']);
  });

  it.each([
    ['9.3.4', true],
    ['9.3.5', true],
    ['9.4.0', true],
    ['9.10.0', true],
    ['10.0.0', true],
    ['9.3.3', false],
    ['9.2.9', false],
    ['8.9.9', false],
    ['8.3.4', false],
  ])('knows whether %s reads passwords from files: %s', (version, reads) => {
    expect(readsSecretFiles(version)).toBe(reads);
  });
});
