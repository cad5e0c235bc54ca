import { randomBytes } from 'node:crypto';
import type { ObjectMeta } from '../api/object-meta.ts';
import { dataLabels, isDataOf, OWNER, ownerAnnotation, ROTATION, type Identity } from '../api/labels.ts';
import { credentialsName } from '../api/names.ts';
import type { CredentialsSource, CredentialsState } from '../questdb/credentials.ts';
import { orRetryOnConflict } from './conflicts.ts';
import type { KubeApi } from './kube-api.ts';
import { corePath } from './paths.ts';
import { decoded, has, problemIn, type SecretData } from './secret-data.ts';

type Secret = { metadata: ObjectMeta; data?: SecretData };

/** What a database is asked with, and from which revision of the Secret it is. Never logged. */
export type BasicCredentials = { username: string; password: string; revision: string };

const USERNAME = 'admin';
const PASSWORD_BYTES = 24;

const pathOf = ({ namespace, database, secretName }: CredentialsSource): string =>
  corePath(namespace, 'secrets', secretName ?? credentialsName(database));

/** A Secret that the user names is used as it is; the one that is made must be this database's. */
const isForeign = (source: CredentialsSource, { metadata }: Secret): boolean =>
  source.secretName === undefined && !isDataOf(source, metadata);

/** Whether the Secret is there, may be used and is complete. */
export const readCredentialsState = async (api: KubeApi, source: CredentialsSource): Promise<CredentialsState> => {
  const secret = await api.get<Secret>(pathOf(source));
  if (secret === undefined) return { state: 'Absent' };
  return isForeign(source, secret) ? { state: 'Foreign' } : stateOf(secret);
};

const stateOf = ({ metadata, data = {} }: Secret): CredentialsState => {
  const problem = problemIn(data);
  if (problem !== undefined) return { state: 'Invalid', problem };
  const credentials = {
    secretName: metadata.name,
    revision: revisionOf(metadata),
    hasReadonly: has(data, 'readonlyUsername'),
  };
  return { state: 'Found', credentials, rotation: metadata.annotations?.[ROTATION] };
};

const revisionOf = ({ uid, resourceVersion }: ObjectMeta): string => `${uid}.${resourceVersion ?? ''}`;

const newPassword = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');

const rotationAnnotation = (rotation: string | undefined): Record<string, string> =>
  rotation === undefined ? {} : { [ROTATION]: rotation };

/** Makes the Secret with a random password. It has no owner: it is kept with the data, and crosses no webhook. */
export const createCredentials = async (
  api: KubeApi,
  identity: Identity,
  rotation: string | undefined,
): Promise<CredentialsState> => {
  const { namespace, database } = identity;
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: credentialsName(database),
      namespace,
      labels: dataLabels(identity),
      annotations: { [OWNER]: ownerAnnotation(identity), ...rotationAnnotation(rotation) },
    },
    type: 'kubernetes.io/basic-auth',
    stringData: { username: USERNAME, password: newPassword() },
  };
  return stateOf(await orRetryOnConflict(api.create<Secret>(corePath(namespace, 'secrets'), secret)));
};

/** Gives the Secret that was made another random password, unless it has changed since it was read with this revision. */
export const rotateCredentials = async (
  api: KubeApi,
  identity: Identity,
  { revision, rotation }: { revision: string; rotation: string },
): Promise<CredentialsState> => {
  const source = { ...identity, secretName: undefined };
  const [uid, resourceVersion] = revision.split('.');
  const metadata = { uid, resourceVersion, annotations: rotationAnnotation(rotation) };
  const data = { password: Buffer.from(newPassword()).toString('base64') };
  await orRetryOnConflict(api.patch(pathOf(source), { metadata, data }));
  return readCredentialsState(api, source);
};

/** What the database is asked with; undefined when the Secret is not there, not this database's or not complete. */
export const readBasicCredentials = async (
  api: KubeApi,
  source: CredentialsSource,
): Promise<BasicCredentials | undefined> => {
  const secret = await api.get<Secret>(pathOf(source));
  if (secret === undefined || isForeign(source, secret)) return undefined;
  const { username, password } = secret.data ?? {};
  return username === undefined || password === undefined
    ? undefined
    : { username: decoded(username), password: decoded(password), revision: revisionOf(secret.metadata) };
};
