import { describe, expect, it } from 'vitest';
import type { CompositeController } from '../../../local/metacontroller/composite-controller.ts';
import { parseRetryAfter } from '../../../local/metacontroller/hook-call.ts';
import { createHook, parseTimeout } from '../../../local/metacontroller/hook.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it.each([
  ['5', 5],
  ['0', 0],
  ['-3', -3],
  ['1.5', 0],
  ['soon', 0],
  [undefined, 0],
  ['Thu, 01 Jan 2026 00:00:07 GMT', 7],
])('Retry-After %s is %d seconds', (header, seconds) => {
  expect(parseRetryAfter(header, NOW)).toBe(seconds);
});

it.each([
  ['10s', 10_000],
  ['1m30s', 90_000],
  ['500ms', 500],
  ['1.5s', 1_500],
  ['0s', 10_000],
  ['-1s', 10_000],
  ['nonsense', 10_000],
  [undefined, 10_000],
])('a time-out of %s is %d ms', (text, milliseconds) => {
  expect(parseTimeout(text)).toBe(milliseconds);
});

describe('createHook', () => {
  const controller = (sync: object, rest: object = {}): CompositeController => ({
    apiVersion: 'metacontroller.k8s.io/v1alpha1',
    kind: 'CompositeController',
    metadata: { name: 'x', uid: 'u', resourceVersion: '1' },
    spec: { parentResource: { apiVersion: 'v1', resource: 'things' }, hooks: { sync }, ...rest },
  });
  const create = (sync: object, rest?: object) =>
    createHook(controller(sync, rest), 'sync', () => Promise.resolve(undefined), new AbortController().signal);
  const url = 'http://127.0.0.1/';
  const secretRef = { name: 'n', namespace: 's', key: 'k' };

  it.each([
    [{ webhook: { url } }, {}, /not supported.*hooks.sync.version v1/],
    [{ version: 'v2', webhook: { url, etag: {} } }, {}, /not supported.*etag/],
    [{ version: 'v2', webhook: { url, caBundle: {} } }, {}, /not supported.*caBundle/],
    [{ version: 'v2', webhook: { url, clientTLS: {} } }, {}, /not supported.*clientTLS/],
    [{ version: 'v2', webhook: { url } }, { endpointConfigs: [] }, /not supported.*endpointConfigs/],
    [{ version: 'v2', webhook: {} }, {}, /must specify either a full 'url'/],
    [{ version: 'v2', webhook: { url, authorization: { secretRef } } }, {}, /s\/n does not contain key "k"/],
    [{ version: 'v2', webhook: { url, authorization: { type: 'Basic', secretRef } } }, {}, /use the basicAuth field/],
    [{ version: 'v2', webhook: { url, authorization: { secretRef }, basicAuth: { secretRef } } }, {}, /exclusive/],
  ])('refuses %j', async (sync, rest, sentence) => {
    await expect(create(sync, rest)).rejects.toThrow(sentence);
  });

  it('is undefined for a hook that is not configured', async () => {
    expect(await create({ version: 'v2' })).toBeUndefined();
  });
});
