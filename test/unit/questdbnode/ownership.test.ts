import { describe, expect, it } from 'vitest';
import { isNodeReady, nodeOf } from '../../../hooks/questdbnode/cluster-node.ts';
import { ownedInstances } from '../../../hooks/questdbnode/observe.ts';
import { stampAfter } from '../../fixtures/clock.ts';
import { aClusterNode, aNodeParent, anInstance, INSTANCE_ID } from '../../fixtures/questdbnode.ts';

describe('whose an instance and a Node are', () => {
  it('is said by the tag, until the instance is on its way out or replaced; sorted', () => {
    const named = (instanceId: string, changes = {}) => anInstance({ instanceId, ...changes });
    const fleet = [
      named('i-3', { state: 'shutting-down' }),
      named('i-1'),
      named('i-2', { state: 'terminated' }),
      named('i-4', { tags: { 'questdb-fleet.dev/owner-uid': 'another' } }),
      named('i-5', { tags: {} }),
      named('i-6', { state: 'stopped' }),
      named('i-7'),
    ];
    const parent = aNodeParent({
      status: { retiring: [{ instanceId: 'i-7', reason: 'NodeUnreachable', since: stampAfter(-60) }] },
    });
    expect(ownedInstances(parent, fleet).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-6']);
  });

  it('is said by the providerID, never by the name', () => {
    const mine = aClusterNode();
    const others = ['aws:///eu-west-1a/i-0a1b2c3d4e5f60719', 'gce://eu-west-1a/i-0a1b2c3d4e5f60718', ''].map(
      (providerID) => aClusterNode({ providerID }),
    );
    expect(nodeOf([...others, mine], INSTANCE_ID)).toBe(mine);
    expect(nodeOf(others, INSTANCE_ID)).toBeUndefined();
    expect(nodeOf([mine], undefined)).toBeUndefined();
  });

  it('is Ready by the condition of that name alone', () => {
    expect([aClusterNode(), aClusterNode({ ready: false }), undefined].map(isNodeReady)).toEqual([true, false, false]);
    const disk = { type: 'DiskPressure', status: 'True' };
    expect(isNodeReady({ ...aClusterNode(), status: { conditions: [disk] } })).toBe(false);
    expect(isNodeReady({ ...aClusterNode(), status: {} })).toBe(false);
  });
});
