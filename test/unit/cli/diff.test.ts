import { describe, expect, it } from 'vitest';
import { differenceOf, diffText } from '../../../cli/diff.ts';
import { childrenFor, textOf, type RenderOptions } from '../../../cli/render.ts';
import { settle } from '../../../cli/settle.ts';
import { simulate } from '../../../cli/simulate.ts';
import type { World } from '../../../cli/world.ts';
import type { QuestDB } from '../../../hooks/api/generated/questdb.ts';
import { NOW } from '../../fixtures/clock.ts';
import { A_STORAGE, aDatabase, OWN_NODE, someFacts } from '../../fixtures/questdb.ts';
import { aNodeClass } from '../../fixtures/questdbnode.ts';

const assumptions = { allocatable: { cpu: '7910m', memory: '61Gi' } };
const options: RenderOptions = { assumptions, operatorNamespace: 'questdb-fleet', now: NOW };

/** A database that has come to rest, as the API server would have it. */
const atRest = (database: QuestDB): World => {
  const start = { database, children: [], nodeClass: aNodeClass() };
  const { world, children } = simulate(start, someFacts(), assumptions);
  return settle({ ...world, database }, children, assumptions);
};

const dedicated = aDatabase({ spec: { node: OWN_NODE }, status: { version: '9.3.4' } });
const live = atRest(dedicated);

const changed = (spec: Partial<QuestDB['spec']>, from: World = live) =>
  differenceOf(
    from,
    {
      ...from.database,
      metadata: { ...from.database.metadata, generation: 2 },
      spec: { ...from.database.spec, ...spec },
    },
    options,
  );
const node = { ...OWN_NODE, replacement: 'SurgeFirst' as const };

describe('what a change of a manifest does', () => {
  it.each<[string, Partial<QuestDB['spec']>, string]>([
    ['the same manifest', {}, 'Nothing'],
    ['another instance type', { node: { ...node, instanceType: 'r6i.4xlarge' } }, 'Moves'],
    [
      'another instance type by Recreate',
      { node: { ...node, instanceType: 'r6i.4xlarge', replacement: 'Recreate' } },
      'Moves',
    ],
    ['a key that is read at the start alone', { config: { 'cairo.max.uncommitted.rows': '1' } }, 'Restarts'],
    ['a key that can be reloaded', { config: { 'query.tracing.enabled': 'true' } }, 'GoesOn'],
    ['a higher version', { version: '9.4.0' }, 'Restarts'],
    ['a lower version', { version: '9.2.3' }, 'Refused'],
    ['another major version', { version: '10.0.0' }, 'Refused'],
    ['a label of the pod', { pod: { labels: { team: 'a' } } }, 'Restarts'],
    ['resources', { resources: { limits: { memory: '1Gi' } } }, 'Restarts'],
    ['another Secret', { credentials: { secretName: 'mine' } }, 'Restarts'],
    ['a bigger volume', { storage: { ...A_STORAGE, size: '200Gi' } }, 'GoesOn'],
    ['who may connect', { network: { from: [] } }, 'GoesOn'],
    ['a load balancer', { service: { type: 'LoadBalancer' } }, 'GoesOn'],
    ['tags of the instance', { node: { ...node, tags: { team: 'a' } } }, 'GoesOn'],
    ['rest', { suspend: true }, 'Stops'],
    ['a class that is not there', { node: { ...node, className: 'other' } }, 'Waits'],
  ])('%s: it is told whether the database goes on', (_name, spec, kind) => {
    expect(changed(spec).verdict.kind).toBe(kind);
  });

  it('names the start of one that rests', () => {
    const resting = atRest({ ...dedicated, spec: { ...dedicated.spec, suspend: true } });
    expect(changed({ suspend: false }, resting).verdict.kind).toBe('Starts');
    expect(changed({ config: { 'a.b': 'c' } }, resting).verdict.kind).toBe('GoesOn');
  });

  it('lists every object and every field, and no hash', () => {
    const { changes } = changed({ config: { 'cairo.max.uncommitted.rows': '1' } });
    expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'Changed ConfigMap/trades-config',
      'Changed StatefulSet/trades',
    ]);
    const [config, set] = changes.map((change) => (change.kind === 'Changed' ? change.fields.join('\n') : ''));
    expect(config).toContain('cairo.max.uncommitted.rows]: (none) -> "cairo.max.uncommitted.rows=1"');
    expect(set).toContain('config-revision');
    expect(set).not.toContain('template-hash');
  });

  it('names the instances that come and go', () => {
    const difference = changed({ node: { ...node, instanceType: 'r6i.4xlarge' } });
    const names = difference.changes.filter(({ kind }) => kind !== 'Changed').map(({ kind }) => kind);
    expect(names.sort()).toEqual(['Made', 'Removed']);
    const text = diffText(dedicated, difference);
    expect(text).toContain('QuestDB acme/trades (pod trades-0): this MOVES the database to another instance');
    expect(text).toMatch(/^\+ QuestDBNode\/trades-[0-9a-f]{8}$/m);
  });

  it('says why a change is refused', () => {
    expect(diffText(dedicated, changed({ version: '9.2.3' }))).toContain(
      'set spec.version to 9.3.4 or a later one of 9.x',
    );
  });
});

describe('what a new database gets', () => {
  it('is all its children, with the pod on its instance', () => {
    const children = childrenFor(dedicated, [], options);
    expect(children.map(({ kind }) => kind)).toEqual([
      'ConfigMap',
      'QuestDBVolume',
      'Service',
      'Service',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'QuestDBNode',
      'StatefulSet',
    ]);
    const text = textOf(dedicated, children);
    expect(text).toContain('cpu: 6328m');
    expect(text.match(/^---$/gm)).toHaveLength(children.length);
    expect(text.match(/^ {2}namespace: acme$/gm)).toHaveLength(children.length);
  });

  it('is refused where the hook would refuse it, and where its zone cannot be told', () => {
    const { zone: _zone, ...anyZone } = OWN_NODE;
    const unzoned = aDatabase({ spec: { node: anyZone } });
    expect(() => childrenFor(unzoned, [], options)).toThrow(/depends on QuestDBNodeClass "default"/);
    expect(childrenFor(unzoned, [aNodeClass()], options).some(({ kind }) => kind === 'StatefulSet')).toBe(true);
  });
});
