import { describe, expect, it } from 'vitest';
import { gather } from '../../../hooks/questdbnode/facts.ts';
import type { NodeStatus } from '../../../hooks/questdbnode/memory.ts';
import { nodeWorld } from '../../fixtures/node-world.ts';
import { mapOf } from '../../fixtures/questdb.ts';
import { aNodeClass, aNodeParent, anIntent, INSTANCE_ID } from '../../fixtures/questdbnode.ts';

const REQUESTED = '2026-01-02T03:04:05Z';
const attempt = (number: number): NodeStatus => ({ launch: anIntent({ attempt: number, requestedAt: REQUESTED }) });

describe('the reading of all instances', () => {
  it.each<[string, string, NodeStatus]>([
    ['nothing was decided', 'ever', {}],
    ['the first attempt was decided, which EC2 knows by its token', 'ever', attempt(1)],
    ['another attempt may have made what it would miss', '2026-01-02T03:04:05.000Z', attempt(2)],
    ['the instance is known', 'ever', { ...attempt(2), instanceId: INSTANCE_ID }],
  ])('where %s is not from before %s', async (_when, notBefore, status) => {
    const parent = aNodeParent({ status });
    const { ports, reads } = nodeWorld({});
    await gather(ports, { parent, children: {}, related: mapOf([aNodeClass()]), finalizing: false }, parent);
    expect(reads[0]).toBe(`fleet not before ${notBefore}`);
  });
});
