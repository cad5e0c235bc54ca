import type { V1EnvVar } from '@kubernetes/client-node';
import type { Wire } from '../../api/wire.ts';
import { portOf } from './ports.ts';

type EnvVar = Wire<V1EnvVar>;

const CREDENTIALS_FOLDER = '/etc/questdb/credentials';

/**
 * The keys the operator owns, as environment variables: these win over server.conf
 * (https://questdb.com/docs/configuration/overview/#environment-variables).
 */
export const environment = (version: string, secretName: string): EnvVar[] =>
  [...owned(), ...(readsSecretFiles(version) ? fromFiles() : fromSecret(secretName))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );

const owned = (): EnvVar[] => [
  { name: 'QDB_CONFIG_VALIDATION_STRICT', value: 'false' },
  { name: 'QDB_HTTP_BIND_TO', value: `0.0.0.0:${portOf('http')}` },
  { name: 'QDB_HTTP_HEALTH_CHECK_AUTHENTICATION_REQUIRED', value: 'false' },
  { name: 'QDB_HTTP_MIN_NET_BIND_TO', value: `0.0.0.0:${portOf('http-min')}` },
  { name: 'QDB_LINE_TCP_NET_BIND_TO', value: `0.0.0.0:${portOf('ilp')}` },
  { name: 'QDB_METRICS_ENABLED', value: 'true' },
  { name: 'QDB_PG_NET_BIND_TO', value: `0.0.0.0:${portOf('postgres')}` },
];

/** The same user and password for HTTP and for PostgreSQL wire. */
const fromFiles = (): EnvVar[] =>
  CREDENTIAL_KEYS.map(([variable, key]) => ({ name: `${variable}_FILE`, value: `${CREDENTIALS_FOLDER}/${key}` }));

const fromSecret = (secretName: string): EnvVar[] =>
  CREDENTIAL_KEYS.map(([name, key]) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key } } }));

const CREDENTIAL_KEYS = [
  ['QDB_HTTP_USER', 'username'],
  ['QDB_HTTP_PASSWORD', 'password'],
  ['QDB_PG_USER', 'username'],
  ['QDB_PG_PASSWORD', 'password'],
] as const;

/** `QDB_<KEY>_FILE` is known from 9.3.4 on; 9.2.3 and older refuse to start with it. */
export const readsSecretFiles = (version: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major > 9 || (major === 9 && (minor > 3 || (minor === 3 && patch >= 4)));
};
