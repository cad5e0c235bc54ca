import type { V1EnvVar } from '@kubernetes/client-node';
import { isAtLeast } from '../../api/version.ts';
import type { Wire } from '../../api/wire.ts';
import { isOwned } from '../config.ts';
import type { Credentials } from '../pod-input.ts';
import { portOf } from './ports.ts';

type EnvVar = Wire<V1EnvVar>;

/** Where the pod mounts the credentials Secret. */
export const CREDENTIALS_FOLDER = '/etc/questdb/credentials';

/**
 * The keys the operator owns, as environment variables: these win over server.conf
 * (https://questdb.com/docs/configuration/overview/#environment-variables).
 */
export const environment = (
  version: string,
  credentials: Credentials,
  asked: readonly Wire<V1EnvVar>[] = [],
): EnvVar[] =>
  [...owned(), ...users(version, credentials), ...asked.filter(({ name }) => !isOwnedVariable(name))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );

/** The variable of a key that the operator owns (crds/questdbs.yaml refuses those), or of the file it is read from. */
const isOwnedVariable = (name: string): boolean =>
  name.startsWith('QDB_') &&
  isOwned(
    name
      .slice('QDB_'.length)
      .replace(/_FILE$/, '')
      .toLowerCase()
      .replaceAll('_', '.'),
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

export const HTTP_USER = 'QDB_HTTP_USER';
export const READONLY_USER = 'QDB_PG_READONLY_USER';

/** The same user for HTTP and for PostgreSQL wire; one who may only read is known to the latter alone. A user is no secret to the engine: it reads no file for it. */
const users = (version: string, { secretName, hasReadonly }: Credentials): EnvVar[] => {
  const from = (name: string, key: string): EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  });
  // A file where the engine can read one: what is in the environment shows up in dumps and in child processes.
  const secretly = (name: string, key: string): EnvVar =>
    readsSecretFiles(version) ? { name: `${name}_FILE`, value: `${CREDENTIALS_FOLDER}/${key}` } : from(name, key);
  return [
    from(HTTP_USER, 'username'),
    from('QDB_PG_USER', 'username'),
    secretly('QDB_HTTP_PASSWORD', 'password'),
    secretly('QDB_PG_PASSWORD', 'password'),
    ...(hasReadonly
      ? [
          { name: 'QDB_PG_READONLY_USER_ENABLED', value: 'true' },
          from(READONLY_USER, 'readonlyUsername'),
          secretly('QDB_PG_READONLY_PASSWORD', 'readonlyPassword'),
        ]
      : []),
  ];
};

/** The keys of the Secret that the pod mounts as files. */
export const passwordKeys = ({ hasReadonly }: Credentials): string[] => [
  'password',
  ...(hasReadonly ? ['readonlyPassword'] : []),
];

/** `QDB_<KEY>_FILE` is known from 9.3.4 on; 9.2.3 and older refuse to start with it. */
export const readsSecretFiles = (version: string): boolean => isAtLeast(version, '9.3.4');
