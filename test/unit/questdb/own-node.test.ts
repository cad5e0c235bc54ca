import { describe, expect, it } from 'vitest';
import type { QuestDBNode } from '../../../hooks/api/generated/questdbnode.ts';
import { planNext } from '../../../hooks/questdb/plan.ts';
import { condition } from '../../fixtures/conditions.ts';
import {
  aDatabase,
  aNode,
  aStatefulSet,
  aVolume,
  NODE_UID,
  observing,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
  SETTLED,
} from '../../fixtures/questdb.ts';
import { anIntent } from '../../fixtures/questdbnode.ts';

const { placement: _placement, ...POD } = POD_INPUT;
const onNode = () => aDatabase({ spec: { node: OWN_NODE } });

describe('a node that is there', () => {
  const target = { name: 'trades-abcdef01', need: OWN_NODE };
  const asked = (node: QuestDBNode, ...others: Parameters<typeof observing>[1] & object[]) =>
    planNext(observing(onNode(), [aVolume(), node, ...others]));
  const placement = { on: 'OwnNode', nodeUid: NODE_UID, requests: { cpu: '6320m', memory: '48Gi' } };

  const LOOKED_AT = 'Waiting for QuestDBNode "trades-abcdef01" to be looked at.';
  const MADE = 'QuestDBNode "trades-abcdef01" is made: one r6i.2xlarge in eu-west-1a.';
  const launching = (attempt: number, said = { reason: 'LaunchDecided', message: 'Written down.' }) => ({
    launch: anIntent({ attempt }),
    conditions: [condition('Ready', 'False', said)],
  });

  it('takes the pod when it is Ready, with four fifths of what it has', () => {
    expect(asked(aNode())).toEqual({ step: 'Serve', target, placement, ...POD });
  });

  it.each([
    ['was not looked at', {}, 'NodeCreating', MADE],
    ['is about to be launched', launching(1), 'NodeCreating', MADE],
    ['is about to be launched again', launching(2), 'LaunchDecided', 'Written down.'],
    [
      'waits for capacity at the first attempt',
      launching(1, { reason: 'InsufficientInstanceCapacity', message: 'None left.' }),
      'InsufficientInstanceCapacity',
      'None left.',
    ],
    ['is launched', launching(1, { reason: 'NodeNotJoined', message: 'Booting.' }), 'NodeNotJoined', 'Booting.'],
    [
      'is not Ready',
      { conditions: [condition('Ready', 'False', { reason: 'NodeNotJoined', message: 'Booting.' })] },
      'NodeNotJoined',
      'Booting.',
    ],
    [
      'was Ready for an older spec',
      { allocatable: {}, conditions: [condition('Ready', 'True', { observedGeneration: 0 })] },
      'NodeCreating',
      LOOKED_AT,
    ],
    [
      'says of an older spec that it is launched again',
      {
        ...launching(2),
        conditions: [condition('Ready', 'False', { reason: 'LaunchDecided', observedGeneration: 0 })],
      },
      'NodeCreating',
      LOOKED_AT,
    ],
  ])('is waited for when it %s', (_name, status, reason, message) => {
    expect(asked(aNode({ status }))).toEqual({ step: 'AwaitNode', target, reason, message });
  });

  it('is waited for as long as it does not say what it has', () => {
    expect(asked(aNode({ status: { conditions: [condition('Ready', 'True')] } })).step).toBe('AwaitNode');
  });

  it('keeps the pod that is on it, Ready or not, with the requests it has', () => {
    const requests = { cpu: '1', memory: '1Gi' };
    const set = aStatefulSet(onNode(), { ...ON_NODE_INPUT, placement: { on: 'OwnNode', nodeUid: NODE_UID, requests } });
    const lost = aNode({ status: { conditions: [condition('Ready', 'False')] } });
    for (const node of [aNode(), lost]) {
      expect(asked(node, set)).toEqual({ step: 'Serve', target, placement: { ...placement, requests }, ...POD });
    }
  });

  it.each([
    ['more CPU', { cpu: '8', memory: '1Gi' }],
    ['more memory', { cpu: '1', memory: '61Gi' }],
  ])('is asked for what it has by a pod that does not run and asks for %s, not by one that runs', (_name, requests) => {
    const input = { ...ON_NODE_INPUT, placement: { on: 'OwnNode' as const, nodeUid: NODE_UID, requests } };
    const waits = aStatefulSet(onNode(), input, { ...SETTLED, readyReplicas: 0 });
    expect(asked(aNode(), waits)).toMatchObject({ step: 'Serve', placement });
    expect(asked(aNode(), aStatefulSet(onNode(), input))).toMatchObject({ placement: { requests } });
  });

  it('does not take over the pod of another node before it is Ready', () => {
    const elsewhere = { on: 'OwnNode', nodeUid: 'another', requests: { cpu: '1', memory: '1Gi' } } as const;
    const set = aStatefulSet(onNode(), { ...ON_NODE_INPUT, placement: elsewhere });
    expect(asked(aNode({ status: {} }), set).step).toBe('AwaitNode');
    expect(asked(aNode(), set)).toMatchObject({ step: 'Serve', placement });
    expect(asked(aNode(), aStatefulSet(onNode()))).toMatchObject({ step: 'Serve', placement });
  });

  it('is the oldest of several of the same need, by name when they are as old', () => {
    const named = (name: string, creationTimestamp: string) => aNode({ metadata: { name, creationTimestamp } });
    const younger = named('trades-a', '2026-02-02T00:00:00Z');
    const older = [named('trades-c', '2026-02-01T00:00:00Z'), named('trades-b', '2026-02-01T00:00:00Z')];
    expect(asked(younger, ...older)).toMatchObject({ target: { name: 'trades-b' } });
  });
});
