import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Attempt, mayDo, rulesOf } from './rbac.ts';
import { allOf, render, REPOSITORY } from './render.ts';

const HOOKS = { namespace: 'questdb-fleet', name: 'questdb-fleet-hooks' };
const METACONTROLLER = { namespace: 'metacontroller', name: 'metacontroller' };
const OURS = 'questdb-fleet.dev';

const base = render('base');
const hooks = rulesOf(base, HOOKS);
const metacontroller = rulesOf(base, METACONTROLLER);
/** All that Metacontroller may do once its stock role is narrowed. */
const narrowed = rulesOf(render('overlays/local'), METACONTROLLER);

const ALL_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const MANAGE = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const LOOK = ['get', 'list', 'watch'];

/** Every verb there is, asked one by one: what may be done, and nothing else. */
const verbsOf = (rules: typeof hooks, group: string, resource: string): string[] =>
  ALL_VERBS.filter((verb) => mayDo(rules, { verb, group, resource }));

describe('what the hooks may do', () => {
  it.each<[group: string, resource: string, verbs: string[]]>([
    [OURS, 'questdbs', ['get']],
    [OURS, 'questdbnodes', ['get', 'list', 'patch']],
    [OURS, 'questdbvolumes', ['get', 'patch']],
    ['apps', 'statefulsets', ['get', 'patch']],
    ['', 'services', ['get', 'patch']],
    ['', 'configmaps', ['get', 'patch']],
    ['policy', 'poddisruptionbudgets', ['get', 'patch']],
    ['networking.k8s.io', 'networkpolicies', ['get', 'patch']],
    ['', 'persistentvolumeclaims', ['get', 'list', 'create', 'patch', 'delete']],
    ['', 'persistentvolumes', ['get', 'list', 'create', 'patch']],
    ['', 'secrets', ['get', 'create', 'patch']],
    ['', 'pods', ['get', 'list']],
    ['', 'nodes', ['get', 'list', 'patch', 'delete']],
    ['storage.k8s.io', 'csinodes', ['get']],
    ['', 'events', ['create']],
    // Not theirs at all.
    [OURS, 'questdbs/status', []],
    [OURS, 'questdbnodes/status', []],
    [OURS, 'questdbs/finalizers', []],
    ['', 'persistentvolumeclaims/status', []],
    ['', 'persistentvolumes/status', []],
    ['', 'namespaces', ['get', 'patch']],
    ['storage.k8s.io', 'storageclasses', ['get']],
    ['', 'pods/exec', []],
    ['', 'pods/eviction', []],
    ['', 'serviceaccounts', []],
    ['', 'serviceaccounts/token', []],
    ['apps', 'deployments', []],
    ['rbac.authorization.k8s.io', 'clusterroles', []],
    ['rbac.authorization.k8s.io', 'clusterrolebindings', []],
    ['apiextensions.k8s.io', 'customresourcedefinitions', []],
    ['metacontroller.k8s.io', 'compositecontrollers', []],
    ['snapshot.storage.k8s.io', 'volumesnapshots', []],
  ])('%s/%s: exactly %j', (group, resource, verbs) => {
    expect(verbsOf(hooks, group, resource)).toEqual(verbs);
  });

  it.each(['persistentvolumes', 'secrets', 'namespaces'])('never deletes %s', (resource) => {
    for (const verb of ['delete', 'deletecollection']) expect(mayDo(hooks, { verb, group: '', resource })).toBe(false);
  });

  it('never deletes many claims at once', () => {
    expect(mayDo(hooks, { verb: 'deletecollection', group: '', resource: 'persistentvolumeclaims' })).toBe(false);
  });
});

describe('what Metacontroller gets for this operator', () => {
  it.each<[group: string, resource: string, verbs: string[]]>([
    [OURS, 'questdbs', ['get', 'list', 'watch', 'update', 'patch']],
    [OURS, 'questdbnodes', MANAGE],
    [OURS, 'questdbvolumes', MANAGE],
    [OURS, 'questdbs/status', ['get', 'update', 'patch']],
    [OURS, 'questdbnodes/status', ['get', 'update', 'patch']],
    [OURS, 'questdbvolumes/status', ['get', 'update', 'patch']],
    [OURS, 'questdbs/finalizers', ['update']],
    [OURS, 'questdbnodes/finalizers', ['update']],
    [OURS, 'questdbvolumes/finalizers', ['update']],
    ['apps', 'statefulsets', MANAGE],
    ['', 'services', MANAGE],
    ['', 'configmaps', MANAGE],
    ['policy', 'poddisruptionbudgets', MANAGE],
    ['networking.k8s.io', 'networkpolicies', MANAGE],
    [OURS, 'questdbnodeclasses', LOOK],
    ['', 'nodes', LOOK],
    ['', 'persistentvolumeclaims', LOOK],
    ['storage.k8s.io', 'storageclasses', LOOK],
    // Not its business: what holds data, and what would make it more than it is.
    ['', 'persistentvolumes', []],
    ['', 'pods', []],
    ['', 'secrets', []],
    ['rbac.authorization.k8s.io', 'clusterroles', []],
  ])('%s/%s: exactly %j', (group, resource, verbs) => {
    expect(verbsOf(metacontroller, group, resource)).toEqual(verbs);
  });
});

describe('what a narrowed Metacontroller has besides', () => {
  it.each<[group: string, resource: string, verbs: string[]]>([
    ['metacontroller.k8s.io', 'compositecontrollers', LOOK],
    ['metacontroller.k8s.io', 'decoratorcontrollers', LOOK],
    ['metacontroller.k8s.io', 'controllerrevisions', LOOK],
    ['apiextensions.k8s.io', 'customresourcedefinitions', LOOK],
    ['', 'namespaces', LOOK],
    ['', 'events', ['create', 'update', 'patch']],
    // By the token component alone.
    ['', 'secrets', LOOK],
    ['', 'persistentvolumeclaims', LOOK],
    ['', 'persistentvolumes', []],
    ['rbac.authorization.k8s.io', 'clusterroles', []],
  ])('%s/%s: exactly %j', (group, resource, verbs) => {
    expect(verbsOf(narrowed, group, resource)).toEqual(verbs);
  });
});

describe('every role', () => {
  const roles = ['base', 'overlays/local'].flatMap((folder) => allOf(render(folder), 'ClusterRole'));

  it.each(roles.map((role) => [role.metadata.name, role] as const))('%s has no wildcard', (_, role) => {
    for (const rule of role.rules ?? [])
      for (const list of [rule.verbs, rule.apiGroups ?? [], rule.resources ?? []]) expect(list).not.toContain('*');
  });

  it.each([
    'base/rbac-hooks.yaml',
    'base/rbac-metacontroller.yaml',
    'components/hook-token/rbac.yaml',
    'components/pod-monitors/rbac.yaml',
    'metacontroller/clusterrole.yaml',
  ])('%s gives a reason above each rule', (file) => {
    const lines = readFileSync(join(REPOSITORY, 'manifests', file), 'utf8').split('\n');
    const above = lines.flatMap((line, index) => (line.startsWith('  - apiGroups:') ? [lines[index - 1]] : []));
    expect(above.length).toBeGreaterThan(0);
    for (const line of above) expect(line).toMatch(/^ {2}# /);
  });
});

describe('the evaluator', () => {
  const rules = [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] }];
  it.each<[Attempt, boolean]>([
    [{ verb: 'get', group: '', resource: 'secrets', name: 'one' }, true],
    [{ verb: 'get', group: '', resource: 'secrets', name: 'two' }, false],
    [{ verb: 'get', group: '', resource: 'secrets' }, false],
    [{ verb: 'list', group: '', resource: 'secrets', name: 'one' }, false],
    [{ verb: 'get', group: 'apps', resource: 'secrets', name: 'one' }, false],
    [{ verb: 'get', group: '', resource: 'secrets/status', name: 'one' }, false],
  ])('%j: %s', (attempt, allowed) => {
    expect(mayDo(rules, attempt)).toBe(allowed);
  });
});
