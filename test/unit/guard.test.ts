import { describe, expect, it } from 'vitest';
import { UnusableRequest } from '../../hooks/metacontroller/errors.ts';
import { createGuards } from '../../hooks/metacontroller/guard.ts';

const guards = createGuards('QuestDB');

const parent = (changes: { metadata?: object; spec?: object; status?: object } = {}) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDB',
  metadata: { name: 'trades', namespace: 'default', uid: '6f1c', ...changes.metadata },
  spec: { version: '9.3.4', storage: { size: '20Gi' }, ...changes.spec },
  ...(changes.status === undefined ? {} : { status: changes.status }),
});

const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'trades', uid: '1' } };
const envelope = (changes: object = {}) => ({ parent: parent(), children: {}, related: {}, ...changes });
const withParent = (changes: Parameters<typeof parent>[0]) => envelope({ parent: parent(changes) });

const refusalOf = (body: unknown, guard: (body: unknown) => unknown = guards.sync): string => {
  try {
    guard(body);
  } catch (error) {
    if (error instanceof UnusableRequest) return error.message;
    throw error;
  }
  return 'nothing was refused';
};

describe('the guard', () => {
  it('fills the defaults of the schema in, where their object is', () => {
    expect(guards.sync(envelope()).parent.spec).toEqual({
      version: '9.3.4',
      storage: { size: '20Gi', storageClassName: 'questdb', deletionPolicy: 'Retain', existing: 'Adopt' },
    });
    const spec = { image: {}, node: { instanceType: 'r6i.large' } };
    expect(guards.sync(withParent({ spec })).parent.spec).toMatchObject({
      image: { repository: 'questdb/questdb' },
      node: { className: 'default' },
    });
  });

  it('leaves what is there', () => {
    const storage = { size: 21474836480, storageClassName: 'fast' };
    expect(guards.sync(withParent({ spec: { storage } })).parent.spec.storage).toEqual(storage);
  });

  it('takes a whole request of Metacontroller', () => {
    const body = envelope({
      controller: { kind: 'CompositeController' },
      parent: parent({
        metadata: {
          generation: 2,
          resourceVersion: '77',
          creationTimestamp: '2026-01-01T00:00:00Z',
          labels: { team: 'a' },
          managedFields: [{ manager: 'kubectl' }],
        },
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'Serving',
              message: '',
              lastTransitionTime: '2026-01-01T00:00:00Z',
              observedGeneration: 2,
            },
          ],
        },
      }),
      children: { 'Service.v1': { 'default/trades': service }, 'StatefulSet.apps/v1': {} },
      finalizing: false,
    });
    expect(guards.sync(structuredClone(body))).toMatchObject(body);
  });

  it('lets fields of a newer schema pass', () => {
    expect(guards.sync(withParent({ spec: { backup: {} }, status: { backups: 1 } })).parent.spec).toHaveProperty(
      'backup',
    );
  });

  it.each([
    ['no body', undefined, 'the body must be an object'],
    ['a list', [], 'the body must be an object'],
    ['null', null, 'the body must be an object'],
    ['no parent', { children: {}, related: {} }, 'parent is required'],
    ['a parent that is text', envelope({ parent: 'trades' }), 'parent must be an object'],
    ['no children', { parent: parent(), related: {} }, 'children is required'],
    ['no related', { parent: parent(), children: {} }, 'related is required'],
    ['null children', envelope({ children: null }), 'children must be an object'],
    [
      'a child without uid',
      envelope({ children: { 'Service.v1': { 'default/trades': { ...service, metadata: { name: 'trades' } } } } }),
      'children["Service.v1"]["default/trades"].metadata.uid is required',
    ],
    [
      'related that are no objects',
      envelope({ related: { 'Node.v1': { worker: null } } }),
      'related["Node.v1"].worker must be an object',
    ],
    ['a finalize', envelope({ finalizing: true }), 'finalizing must be false'],
  ])('refuses %s', (_name, body, sentence) => {
    expect(refusalOf(body)).toBe(`The request cannot be used: ${sentence}.`);
  });

  it.each([
    [{ metadata: { namespace: undefined } }, 'parent.metadata.namespace is required'],
    [{ metadata: { uid: undefined } }, 'parent.metadata.uid is required'],
    [{ metadata: { name: undefined } }, 'parent.metadata.name is required'],
    [{ metadata: { name: '../x' } }, /^parent\.metadata\.name must match .* \(a name as Kubernetes takes it\)$/],
    [{ metadata: { namespace: 'a.b' } }, /^parent\.metadata\.namespace must match /],
    [{ metadata: { uid: '' } }, /^parent\.metadata\.uid must match /],
    [{ metadata: { generation: '3' } }, 'parent.metadata.generation must be an integer'],
    [{ metadata: { labels: { 'a/b': 1 } } }, 'parent.metadata.labels["a/b"] must be a string'],
    [{ metadata: { deletionTimestamp: 'now' } }, 'parent.metadata.deletionTimestamp must be a date-time'],
    [{ spec: { storage: {} } }, 'parent.spec.storage.size is required'],
    [{ spec: { storage: { size: true } } }, 'parent.spec.storage.size must be an integer or a string'],
    [{ spec: { storage: { size: 1.5 } } }, 'parent.spec.storage.size must be an integer or a string'],
    [{ spec: { storage: { size: '-20Gi' } } }, /^parent\.spec\.storage\.size must match .* \(The size of the /],
    [{ spec: { version: 9 } }, 'parent.spec.version must be a string'],
    [{ spec: { node: { instanceType: 'r6i.large', className: '' } } }, /className must have at least 1 characters$/],
    [{ spec: { config: { a: 1 } } }, 'parent.spec.config.a must be a string'],
    [{ status: { conditions: 'none' } }, 'parent.status.conditions must be an array'],
  ])('refuses a parent with %j', (changes, sentence) => {
    const refusal = /^The request cannot be used: (.*)\.$/.exec(refusalOf(withParent(changes)))?.[1];
    if (typeof sentence === 'string') expect(refusal).toBe(sentence);
    else expect(refusal).toMatch(sentence);
  });

  it('names several faults at once, yet not endlessly', () => {
    const spec = { version: 1, storage: {}, node: {}, image: 'x', config: [] };
    const refusal = refusalOf(withParent({ metadata: { uid: undefined }, spec }));
    expect(refusal).toContain('parent.metadata.uid is required; parent.spec.version must be a string');
    expect(refusal).toMatch(/; and 1 more\.$/);
  });

  it('repeats no value', () => {
    const config = Object.fromEntries([['key', { password: 'hunter2' }]]);
    expect(refusalOf(withParent({ spec: { version: 'hunter2', config } }))).not.toContain('hunter2');
  });

  it('takes finalizing as the route says', () => {
    expect(guards.sync(envelope()).finalizing).toBe(false);
    expect(guards.finalize(envelope()).finalizing).toBe(true);
    expect(refusalOf(envelope({ finalizing: false }), guards.finalize)).toContain('finalizing must be true');
  });

  it('needs a parent alone for customize', () => {
    expect(guards.customize({ parent: parent() }).parent.metadata.name).toBe('trades');
    expect(refusalOf({}, guards.customize)).toContain('parent is required');
  });

  it('keeps the kinds apart', () => {
    expect(refusalOf(envelope(), createGuards('QuestDBVolume').sync)).toBe(
      'The request cannot be used: this hook takes a parent of kind QuestDBVolume and apiVersion questdb-fleet.dev/v1alpha1 alone.',
    );
  });
});
