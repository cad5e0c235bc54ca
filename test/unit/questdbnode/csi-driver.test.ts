import { describe, expect, it } from 'vitest';
import type { NodeStatus } from '../../../hooks/questdbnode/memory.ts';
import { gather } from '../../../hooks/questdbnode/facts.ts';
import { condition } from '../../fixtures/conditions.ts';
import { nodeWorld } from '../../fixtures/node-world.ts';
import { mapOf } from '../../fixtures/questdb.ts';
import { aClusterNode, aNodeClass, aNodeParent, anInstance, INSTANCE_ID } from '../../fixtures/questdbnode.ts';

const NAME = 'ip-10-0-0-7.eu-west-1.compute.internal';
const ASKED = [`drivers of ${NAME}`];
const TAINTS = [{ key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute' }];

const driverOf = async (
  node: ReturnType<typeof aClusterNode> | undefined,
  status: NodeStatus = {},
  drivers?: string[],
) => {
  const parent = aNodeParent({ status: { instanceId: INSTANCE_ID, ...status } });
  const { ports, reads } = nodeWorld({
    fleet: [anInstance()],
    csiDrivers: drivers === undefined ? {} : { [NAME]: drivers },
  });
  const related = mapOf([aNodeClass(), ...(node === undefined ? [] : [node])]);
  const { driverRegistered } = await gather(ports, { parent, children: {}, related, finalizing: false }, parent);
  return { driverRegistered, reads: reads.filter((read) => read.startsWith('drivers')) };
};

describe('the CSI driver of a Node', () => {
  it.each([
    ['there is no Node', undefined],
    ['the Node is not Ready', aClusterNode({ ready: false })],
    ['the Node has taints that keep the pod off', aClusterNode({ taints: TAINTS })],
  ])('is not asked for while %s', async (_when, node) => {
    const driver = await driverOf(node, {}, ['ebs.csi.aws.com']);
    expect(driver).toEqual({ driverRegistered: false, reads: [] });
  });

  it.each([
    ['its own driver', ['efs.csi.aws.com', 'ebs.csi.aws.com'], true],
    ['another one', ['efs.csi.aws.com'], false],
    ['none', [], false],
  ])('is asked for when nothing else is missing: it has %s', async (_which, drivers, driverRegistered) => {
    const own = aClusterNode({ taints: [{ key: 'questdb-fleet.dev/dedicated', effect: 'NoSchedule' }] });
    expect(await driverOf(own, {}, drivers)).toEqual({ driverRegistered, reads: ASKED });
  });

  it('is asked for again when the Node is back, whatever taints it has by then', async () => {
    const status = { joinedAt: '2026-03-01T11:00:00Z', conditions: [condition('Joined', 'False')] };
    const driver = await driverOf(aClusterNode({ taints: TAINTS }), status, ['ebs.csi.aws.com']);
    expect(driver).toEqual({ driverRegistered: true, reads: ASKED });
  });

  it('is not asked for once it was found', async () => {
    const status = { joinedAt: '2026-03-01T11:00:00Z', conditions: [condition('Joined', 'True')] };
    for (const node of [aClusterNode(), aClusterNode({ ready: false }), aClusterNode({ taints: TAINTS })]) {
      expect(await driverOf(node, status)).toEqual({ driverRegistered: true, reads: [] });
    }
  });
});
