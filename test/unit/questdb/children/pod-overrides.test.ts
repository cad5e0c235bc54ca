import { describe, expect, it } from 'vitest';
import type { QuestDB } from '../../../../hooks/api/generated/questdb.ts';
import { childrenOf } from '../../../../hooks/questdb/children/children.ts';
import { podTemplate } from '../../../../hooks/questdb/children/pod-template.ts';
import { statefulSet } from '../../../../hooks/questdb/children/statefulset.ts';
import { templateFor, type Templates } from '../../../../hooks/questdb/children/template-revisions.ts';
import { placementOf, sourcesOf, templateHashOf } from '../../../../hooks/questdb/statefulset.ts';
import { isServedAsPlanned } from '../../../../hooks/questdb/served.ts';
import {
  aDatabase,
  aNode,
  aStatefulSet,
  aVolume,
  databaseRequest,
  NODE_UID,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
  someFacts,
} from '../../../fixtures/questdb.ts';
import { observe } from '../../../../hooks/questdb/observe.ts';

type Spec = Partial<Pick<QuestDB['spec'], 'pod' | 'resources'>>;

const templateOf = (spec: Spec, input = POD_INPUT) => podTemplate(aDatabase({ spec }), input);
const containerOf = (spec: Spec, input = POD_INPUT) => templateOf(spec, input).spec?.containers[0];

describe('what a user asks of the pod', () => {
  it('is beside what the operator gives it, which wins', () => {
    const { metadata, spec } = templateOf({
      pod: {
        labels: { team: 'a', 'app.kubernetes.io/name': 'mine' },
        annotations: { note: 'b', 'questdb-fleet.dev/config-revision': 'mine' },
        priorityClassName: 'high',
        affinity: { nodeAffinity: {} },
        terminationGracePeriodSeconds: 600,
      },
    });
    expect(metadata?.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/name': 'questdb' });
    expect(metadata?.annotations).toMatchObject({ note: 'b' });
    expect(metadata?.annotations?.['questdb-fleet.dev/config-revision']).toBe(POD_INPUT.configRevision);
    expect(spec).toMatchObject({
      priorityClassName: 'high',
      affinity: { nodeAffinity: {} },
      terminationGracePeriodSeconds: 600,
    });
  });

  it('has its tolerations beside that of its own Node', () => {
    const spot = { key: 'spot', operator: 'Exists' as const };
    const own = { key: 'questdb-fleet.dev/dedicated', operator: 'Equal', value: NODE_UID, effect: 'NoSchedule' };
    const tolerationsIn = (input: typeof POD_INPUT, tolerations?: (typeof spot)[]) =>
      templateOf(tolerations === undefined ? {} : { pod: { tolerations } }, input).spec?.tolerations;
    expect(tolerationsIn(POD_INPUT)).toBeUndefined();
    expect(tolerationsIn(POD_INPUT, [spot])).toEqual([spot]);
    expect(tolerationsIn(ON_NODE_INPUT, [spot])).toEqual([own, spot]);
  });

  it('has its variables, sorted, but for those of keys the operator owns', () => {
    const env = [
      { name: 'TZ', value: 'UTC' },
      { name: 'QDB_LOG_W_STDOUT_LEVEL', value: 'ERROR' },
      ...['QDB_HTTP_USER', 'QDB_PG_PASSWORD_FILE', 'QDB_PG_READONLY_USER', 'QDB_HTTP_MIN_NET_BIND_TO'].map((name) => ({
        name,
        value: 'mine',
      })),
    ];
    const variables = containerOf({ pod: { env } })?.env ?? [];
    const names = variables.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toEqual(expect.arrayContaining(['TZ', 'QDB_LOG_W_STDOUT_LEVEL']));
    expect(variables.filter(({ value }) => value === 'mine')).toEqual([]);
  });
});

describe('the resources of the database', () => {
  it.each([
    [undefined, { requests: { cpu: '6320m', memory: '48Gi' } }],
    [{ requests: { cpu: '2000m' } }, { requests: { cpu: '2', memory: '48Gi' } }],
    [
      { limits: { cpu: '4', memory: '32768Mi' } },
      { requests: { cpu: '4', memory: '32Gi' }, limits: { cpu: '4', memory: '32Gi' } },
    ],
    [{ limits: { memory: '64Gi' } }, { requests: { cpu: '6320m', memory: '48Gi' }, limits: { memory: '64Gi' } }],
    [
      { requests: { cpu: '1500m', memory: '2048Mi' }, limits: { memory: '4096Mi' } },
      { requests: { cpu: '1500m', memory: '2Gi' }, limits: { memory: '4Gi' } },
    ],
  ])('for %j are %j, as the API server keeps them', (resources, made) => {
    expect(containerOf(resources === undefined ? {} : { resources }, ON_NODE_INPUT)?.resources).toEqual(made);
  });

  it('say nothing of what its Node has to give, which is remembered', () => {
    const database = aDatabase({ spec: { node: OWN_NODE, resources: { requests: { cpu: '1', memory: '1Gi' } } } });
    const set = aStatefulSet(database, ON_NODE_INPUT);
    expect(placementOf(set)).toEqual(ON_NODE_INPUT.placement);
    expect({ ...sourcesOf(set), placement: placementOf(set) }).toEqual(ON_NODE_INPUT);
  });
});

describe('a change of the pod while something else is waited for', () => {
  it('takes effect with it, by the same restart', () => {
    const before = aDatabase({ spec: { node: OWN_NODE } });
    const after = aDatabase({ spec: { node: OWN_NODE, pod: { labels: { team: 'a' } } } });
    const current = aStatefulSet(before, ON_NODE_INPUT);
    const observed = observing(after, [current, aNode(), aVolume()]);
    const templateWith = (plan: Parameters<typeof childrenOf>[1]) =>
      childrenOf(observed, plan).find(({ kind }) => kind === 'StatefulSet') as typeof current;
    expect(templateWith({ step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' }).spec?.template).toEqual(
      current.spec?.template,
    );
    const target = { name: 'trades-abcdef01', need: OWN_NODE, token: undefined };
    const served = templateWith({ step: 'Serve', target, ...ON_NODE_INPUT });
    expect(served.spec?.template.metadata?.labels).toMatchObject({ team: 'a' });
  });
});

describe('a new release of the operator', () => {
  const old = (database: QuestDB, input: typeof POD_INPUT) => ({
    ...podTemplate(database, input),
    metadata: { annotations: { made: 'by the old one' } },
  });
  const templates: Templates = { newest: '2', renderers: { '1': old, '2': podTemplate } };
  const made = templateFor(aDatabase(), POD_INPUT, undefined, { newest: '1', renderers: { '1': old } });
  const current = {
    metadata: { annotations: { 'questdb-fleet.dev/template-revision': '1' } },
    spec: { template: made.template },
  };

  it('keeps the template that is there as long as nothing else restarts the pod', () => {
    expect(templateFor(aDatabase(), POD_INPUT, current, templates)).toEqual(made);
  });

  it('makes the newest one when the pod restarts anyway, and for a new database', () => {
    const changed = { ...POD_INPUT, claimName: 'another' };
    const next = templateFor(aDatabase(), changed, current, templates);
    expect([made.revision, next.revision]).toEqual(['1', '2']);
    expect(next.template.metadata?.labels).toBeDefined();
    expect(templateFor(aDatabase(), POD_INPUT, undefined, templates).revision).toBe('2');
  });

  it('makes the newest one where the old renderer is not kept any more', () => {
    const { revision } = templateFor(aDatabase(), POD_INPUT, current, { newest: '2', renderers: { '2': podTemplate } });
    expect(revision).toBe('2');
  });
});

describe('PodMonitors', () => {
  it('are made where Metacontroller was told to look after them', () => {
    const kindsWith = (children: object) => {
      const request = databaseRequest(aDatabase());
      const observed = observe({ ...request, children: { ...request.children, ...children } }, someFacts());
      return childrenOf(observed, { step: 'AwaitVolume', reason: 'VolumeUnknown', message: '' }).map(
        ({ kind }) => kind,
      );
    };
    expect(kindsWith({})).not.toContain('PodMonitor');
    expect(kindsWith({ 'PodMonitor.monitoring.coreos.com/v1': {} })).toContain('PodMonitor');
  });

  it('change nothing of what serves', () => {
    const plan = { step: 'Serve', target: undefined, ...POD_INPUT } as const;
    const set = aStatefulSet();
    expect(isServedAsPlanned(observing(aDatabase(), [set, aVolume()]), plan)).toBe(true);
    expect(templateHashOf(statefulSet(aDatabase(), POD_INPUT, { current: set }))).toBe(templateHashOf(set));
  });
});
