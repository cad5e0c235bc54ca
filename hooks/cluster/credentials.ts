import { randomBytes } from 'node:crypto';
import type { ObjectMeta } from '../api/object-meta.ts';
import { dataLabels, isDataOf, OWNER, ownerAnnotation, type Identity } from '../api/labels.ts';
import { credentialsName } from '../api/names.ts';
import type { CredentialsState } from '../questdb/ports.ts';
import { orRetryOnConflict } from './conflicts.ts';
import type { KubeApi } from './kube-api.ts';
import { corePath } from './paths.ts';

type Secret = { metadata: ObjectMeta; data?: Record<string, string> };

export type BasicCredentials = { username: string; password: string };

const USERNAME = 'admin';
const PASSWORD_BYTES = 24;

const readSecret = (api: KubeApi, { namespace, database }: Identity): Promise<Secret | undefined> =>
  api.get<Secret>(corePath(namespace, 'secrets', credentialsName(database)));

/** Whether the Secret is there and this database's. What it holds is not looked at. */
export const readCredentialsState = async (api: KubeApi, identity: Identity): Promise<CredentialsState> => {
  const secret = await readSecret(api, identity);
  if (secret === undefined) return { state: 'Absent' };
  return isDataOf(identity, secret.metadata) ? { state: 'Ours', uid: secret.metadata.uid } : { state: 'Foreign' };
};

/** Makes the Secret with a random password. It has no owner: it is kept with the data, and crosses no webhook. */
export const createCredentials = async (api: KubeApi, identity: Identity): Promise<string> => {
  const { namespace, database } = identity;
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: credentialsName(database),
      namespace,
      labels: dataLabels(identity),
      annotations: { [OWNER]: ownerAnnotation(identity) },
    },
    type: 'kubernetes.io/basic-auth',
    stringData: { username: USERNAME, password: randomBytes(PASSWORD_BYTES).toString('base64url') },
  };
  const made = await orRetryOnConflict(api.create<Secret>(corePath(namespace, 'secrets'), secret));
  return made.metadata.uid;
};

/** What the database is asked with; undefined when the Secret is not there, not this database's or not complete. Never logged. */
export const readBasicCredentials = async (api: KubeApi, identity: Identity): Promise<BasicCredentials | undefined> => {
  const secret = await readSecret(api, identity);
  if (secret === undefined || !isDataOf(identity, secret.metadata)) return undefined;
  const { username, password } = secret.data ?? {};
  return username === undefined || password === undefined
    ? undefined
    : { username: decode(username), password: decode(password) };
};

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString();
