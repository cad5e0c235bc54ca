import { expect, it } from 'vitest';
import { createObjectStore } from '../../../local/metacontroller/object-store.ts';

const object = (namespace: string, name: string, owner?: string) => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    resourceVersion: '1',
    ...(owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'v1', kind: 'Parent', name: owner, uid: owner, controller: true }] }),
  },
});

const names = (objects: { metadata: { uid: string } }[]): string[] =>
  objects.map(({ metadata }) => metadata.uid).sort();

it('finds objects by key, namespace, owner and the lack of one, also after they changed', () => {
  const store = createObjectStore();
  store.put(object('a', 'x', 'parent'));
  store.put(object('a', 'y'));
  store.put(object('b', 'x', 'parent'));
  expect(names(store.list())).toEqual(['a/x', 'a/y', 'b/x']);
  expect(names(store.list('a'))).toEqual(['a/x', 'a/y']);
  expect(names(store.ownedBy('parent'))).toEqual(['a/x', 'b/x']);
  expect(names(store.ownedBy('parent', 'b'))).toEqual(['b/x']);
  expect(names(store.orphans('a'))).toEqual(['a/y']);
  store.put(object('a', 'x'));
  store.put(object('a', 'y', 'other'));
  expect(names(store.ownedBy('parent'))).toEqual(['b/x']);
  expect(names(store.orphans())).toEqual(['a/x']);
  store.remove('b/x');
  expect(store.get('b/x')).toBeUndefined();
  expect(store.list('b')).toEqual([]);
});
