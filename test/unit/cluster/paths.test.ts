import { describe, expect, it } from 'vitest';
import { orRetryOnConflict } from '../../../hooks/cluster/conflicts.ts';
import { ApiError } from '../../../hooks/cluster/kube-api.ts';
import * as paths from '../../../hooks/cluster/paths.ts';
import { RetryLater } from '../../../hooks/metacontroller/errors.ts';

describe('the paths of the API', () => {
  it.each([
    [paths.corePath('acme', 'pods'), '/api/v1/namespaces/acme/pods'],
    [paths.corePath('acme', 'pods', 'trades-0'), '/api/v1/namespaces/acme/pods/trades-0'],
    [paths.fleetPath('acme', 'questdbs', 'trades'), '/apis/questdb-fleet.dev/v1alpha1/namespaces/acme/questdbs/trades'],
    [paths.fleetPath('acme', 'questdbs'), '/apis/questdb-fleet.dev/v1alpha1/namespaces/acme/questdbs'],
    [paths.persistentVolumePath(), '/api/v1/persistentvolumes'],
    [paths.persistentVolumePath('pvc-1'), '/api/v1/persistentvolumes/pvc-1'],
    [paths.nodePath('ip-10'), '/api/v1/nodes/ip-10'],
    [paths.csiNodePath('ip-10'), '/apis/storage.k8s.io/v1/csinodes/ip-10'],
    [paths.withLabels('/x', { 'a/b': 'c', d: 'e' }), '/x?labelSelector=a%2Fb%3Dc%2Cd%3De'],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
  });

  it('cannot be left by a name', () => {
    expect(paths.corePath('acme', 'secrets', '../../x?y')).toBe('/api/v1/namespaces/acme/secrets/..%2F..%2Fx%3Fy');
    expect(paths.corePath('a/b', 'secrets')).toBe('/api/v1/namespaces/a%2Fb/secrets');
  });

  it.each([
    ['v1', 'ConfigMap', '/api/v1/namespaces/acme/configmaps/x'],
    ['v1', 'Service', '/api/v1/namespaces/acme/services/x'],
    ['apps/v1', 'StatefulSet', '/apis/apps/v1/namespaces/acme/statefulsets/x'],
    ['networking.k8s.io/v1', 'NetworkPolicy', '/apis/networking.k8s.io/v1/namespaces/acme/networkpolicies/x'],
    ['monitoring.coreos.com/v1', 'PodMonitor', '/apis/monitoring.coreos.com/v1/namespaces/acme/podmonitors/x'],
    ['policy/v1', 'PodDisruptionBudget', '/apis/policy/v1/namespaces/acme/poddisruptionbudgets/x'],
    ['questdb-fleet.dev/v1alpha1', 'QuestDBNode', '/apis/questdb-fleet.dev/v1alpha1/namespaces/acme/questdbnodes/x'],
    [
      'questdb-fleet.dev/v1alpha1',
      'QuestDBVolume',
      '/apis/questdb-fleet.dev/v1alpha1/namespaces/acme/questdbvolumes/x',
    ],
  ])('of a child of %s %s', (apiVersion, kind, path) => {
    expect(paths.childPath('acme', { apiVersion, kind, metadata: { name: 'x' } })).toBe(path);
  });

  it('know no child that holds data', () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'x' } };
    expect(() => paths.childPath('acme', claim)).toThrow('PersistentVolumeClaim is no child kind');
  });
});

describe('a conflict', () => {
  it.each([409, 404])('with status %s is a reason to look again', async (status) => {
    const call = orRetryOnConflict(Promise.reject(new ApiError(status, 'Conflict', 'somebody was faster')));
    await expect(call).rejects.toThrow(
      new RetryLater(1, 'Changed meanwhile: The API server refused (Conflict): somebody was faster'),
    );
  });

  it('is nothing else', async () => {
    const denied = new ApiError(403, 'Forbidden', 'no');
    await expect(orRetryOnConflict(Promise.reject(denied))).rejects.toBe(denied);
    await expect(orRetryOnConflict(Promise.resolve(1))).resolves.toBe(1);
  });
});
