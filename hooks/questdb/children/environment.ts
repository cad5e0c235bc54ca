import type { V1EnvVar } from '@kubernetes/client-node';
import { isAtLeast } from '../../api/version.ts';
import type { Wire } from '../../api/wire.ts';
import { portOf } from './ports.ts';

type EnvVar = Wire<V1EnvVar>;

/** Where the pod mounts the credentials Secret. */
export const CREDENTIALS_FOLDER = '/etc/questdb/credentials';

/**
 * The keys the operator owns, as environment variables: these win over server.conf
 * (https://questdb.com/docs/configuration/overview/#environment-variables).
 */
export const environment = (version: string, secretName: string): EnvVar[] =>
  [...owned(), ...usernames(secretName), ...passwords(version, secretName)].sort((a, b) => (a.name < b.name ? -1 : 1));

const owned = (): EnvVar[] => [
  { name: 'QDB_CONFIG_VALIDATION_STRICT', value: 'false' },
  { name: 'QDB_HTTP_BIND_TO', value: `0.0.0.0:${portOf('http')}` },
  { name: 'QDB_HTTP_HEALTH_CHECK_AUTHENTICATION_REQUIRED', value: 'false' },
  { name: 'QDB_HTTP_MIN_NET_BIND_TO', value: `0.0.0.0:${portOf('http-min')}` },
  { name: 'QDB_LINE_TCP_NET_BIND_TO', value: `0.0.0.0:${portOf('ilp')}` },
  { name: 'QDB_METRICS_ENABLED', value: 'true' },
  { name: 'QDB_PG_NET_BIND_TO', value: `0.0.0.0:${portOf('postgres')}` },
];

/** The same user for HTTP and for PostgreSQL wire. A user is no secret to the engine: it reads no file for it. */
const usernames = (secretName: string): EnvVar[] =>
  ['QDB_HTTP_USER', 'QDB_PG_USER'].map((name) => fromSecret(name, secretName, 'username'));

/** A file where the engine can read one: what is in the environment shows up in dumps and in child processes. */
const passwords = (version: string, secretName: string): EnvVar[] =>
  ['QDB_HTTP_PASSWORD', 'QDB_PG_PASSWORD'].map((name) =>
    readsSecretFiles(version)
      ? { name: `${name}_FILE`, value: `${CREDENTIALS_FOLDER}/password` }
      : fromSecret(name, secretName, 'password'),
  );

const fromSecret = (name: string, secretName: string, key: string): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secretName, key } },
});

/** `QDB_<KEY>_FILE` is known from 9.3.4 on; 9.2.3 and older refuse to start with it. */
export const readsSecretFiles = (version: string): boolean => isAtLeast(version, '9.3.4');
