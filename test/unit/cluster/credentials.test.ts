import { describe, expect, it } from 'vitest';
import {
  createCredentials,
  readBasicCredentials,
  readCredentialsState,
  rotateCredentials,
} from '../../../hooks/cluster/credentials.ts';
import { ApiError, type KubeApi } from '../../../hooks/cluster/kube-api.ts';
import { RetryLater } from '../../../hooks/metacontroller/errors.ts';

const identity = { namespace: 'acme', database: 'trades' };
const made = { ...identity, secretName: undefined };
const given = { ...identity, secretName: 'mine' };
const OURS = {
  labels: { 'questdb-fleet.dev/database': 'trades' },
  annotations: { 'questdb-fleet.dev/owner': 'acme/trades' },
};
const encode = (data: Record<string, string>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
const GOOD = { username: 'admin', password: 'secret-1' };

const secret = (name: string, data: Record<string, string>, metadata = {}) => ({
  metadata: { name, uid: 'uid-1', resourceVersion: '7', ...metadata },
  data: encode(data),
});

/** One Secret, or none, and what is asked of the API server about it. */
const apiWith = (found: unknown, refusal?: ApiError) => {
  const calls: { call: string; path: string; body?: unknown }[] = [];
  const api = {
    get: (path: string) => {
      calls.push({ call: 'get', path });
      return Promise.resolve(found);
    },
    create: (path: string, body: { metadata: object }) => {
      calls.push({ call: 'create', path, body });
      const { stringData, ...object } = body as unknown as { stringData: Record<string, string> };
      const metadata = { ...body.metadata, uid: 'uid-1', resourceVersion: '7' };
      return Promise.resolve({ ...object, metadata, data: encode(stringData) });
    },
    patch: (path: string, body: unknown) => {
      calls.push({ call: 'patch', path, body });
      return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
    },
  } as unknown as KubeApi;
  return { api, calls };
};

const stateOf = (source: typeof made | typeof given, found: unknown) =>
  readCredentialsState(apiWith(found).api, source);

describe('the Secret with the credentials', () => {
  it('is found with its revision', async () => {
    expect(await stateOf(made, secret('trades-credentials', GOOD, OURS))).toEqual({
      state: 'Found',
      credentials: { secretName: 'trades-credentials', revision: 'uid-1.7', hasReadonly: false },
      rotation: undefined,
    });
    const readonly = { ...GOOD, readonlyUsername: 'viewer', readonlyPassword: 'secret-2' };
    expect(await stateOf(given, secret('mine', readonly))).toMatchObject({
      credentials: { secretName: 'mine', hasReadonly: true },
    });
  });

  it('has no reader where the keys for one are empty', async () => {
    const empty = { ...GOOD, readonlyUsername: '', readonlyPassword: '' };
    expect(await stateOf(given, secret('mine', empty))).toMatchObject({ credentials: { hasReadonly: false } });
  });

  it('is used as it is where the user names it, and else must be this database’s', async () => {
    expect(await stateOf(given, undefined)).toEqual({ state: 'Absent' });
    expect(await stateOf(made, secret('trades-credentials', GOOD))).toEqual({ state: 'Foreign' });
    const stranger = { ...OURS, annotations: { 'questdb-fleet.dev/owner': 'acme/other' } };
    expect(await stateOf(made, secret('trades-credentials', GOOD, stranger))).toEqual({ state: 'Foreign' });
  });

  it.each([
    ['is empty', {}, 'it has no username and no password.'],
    ['has an empty password', { ...GOOD, password: '' }, 'it has no password.'],
    ['has half a reader', { ...GOOD, readonlyUsername: 'viewer' }, 'it has readonlyUsername without the other.'],
    ['has the other half', { ...GOOD, readonlyPassword: 'x' }, 'it has readonlyPassword without the other.'],
    [
      'was made from a file with a line break',
      { ...GOOD, password: 'secret-1\n' },
      'password may hold no line break or other control character.',
    ],
    ['has a user that no header can carry', { ...GOOD, username: 'a:b' }, 'username may hold no colon.'],
  ])('is not used when it %s', async (_name, data, problem) => {
    const state = await stateOf(given, secret('mine', data));
    expect(state).toEqual({ state: 'Invalid', problem });
    expect(JSON.stringify(state)).not.toContain('secret-1');
  });

  it('is made with a password of its own, and no owner', async () => {
    const { api, calls } = apiWith(undefined);
    const states = [await createCredentials(api, identity, undefined), await createCredentials(api, identity, 'r1')];
    expect(states).toMatchObject([
      { state: 'Found', rotation: undefined },
      { state: 'Found', rotation: 'r1' },
    ]);
    const bodies = calls.map(({ body }) => body as { metadata: object; stringData: { password: string } });
    expect(bodies[0]?.metadata).not.toHaveProperty('ownerReferences');
    const [first = '', second = ''] = bodies.map(({ stringData }) => stringData.password);
    expect(first).toHaveLength(32);
    expect(first).not.toBe(second);
  });

  it('gets another password only as it was read', async () => {
    const { api, calls } = apiWith(secret('trades-credentials', GOOD, OURS));
    await rotateCredentials(api, identity, { revision: 'uid-1.7', rotation: 'r2' });
    const { body, path } = calls[0] ?? {};
    expect(path).toBe('/api/v1/namespaces/acme/secrets/trades-credentials');
    expect(body).toMatchObject({
      metadata: { uid: 'uid-1', resourceVersion: '7', annotations: { 'questdb-fleet.dev/rotation': 'r2' } },
    });
    expect(Object.keys((body as { data: object }).data)).toEqual(['password']);
    const changed = apiWith(undefined, new ApiError(409, 'Conflict', 'changed'));
    await expect(rotateCredentials(changed.api, identity, { revision: 'uid-1.7', rotation: 'r2' })).rejects.toThrow(
      RetryLater,
    );
  });

  it('is what the database is asked with', async () => {
    const ask = (source: typeof made | typeof given, found: unknown) =>
      readBasicCredentials(apiWith(found).api, source);
    expect(await ask(given, secret('mine', GOOD))).toEqual({ ...GOOD, revision: 'uid-1.7' });
    expect(await ask(given, undefined)).toBeUndefined();
    expect(await ask(given, secret('mine', { username: 'x' }))).toBeUndefined();
    expect(await ask(made, secret('trades-credentials', GOOD))).toBeUndefined();
  });
});
