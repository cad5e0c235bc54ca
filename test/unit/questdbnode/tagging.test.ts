import { describe, expect, it } from 'vitest';
import { Refusal, RetryLater } from '../../../hooks/metacontroller/errors.ts';
import type { Instance } from '../../../hooks/questdbnode/ports.ts';
import { keepTags } from '../../../hooks/questdbnode/tagging.ts';
import { nodeWorld } from '../../fixtures/node-world.ts';
import { aNodeParent, anInstance, INSTANCE_ID, observingNode, PARENT_UID } from '../../fixtures/questdbnode.ts';

const WANTED = { customer: 'acme', cost: '42' };
const OWN = { 'questdb-fleet.dev/owner-uid': PARENT_UID };
const parent = aNodeParent({ spec: { tags: WANTED } });

const tagged = (tags: Record<string, string>, changes: Partial<Instance> = {}): Instance =>
  anInstance({ ...changes, tags: { ...OWN, ...tags } });

/** What is done about an instance as the shared reading shows it, and as it is when it is read anew. */
const kept = async (seen: Instance | undefined, fresh: Instance | null | undefined = seen) => {
  const { ports, effects, reads } = nodeWorld({ described: { [INSTANCE_ID]: fresh ?? null } });
  const refused = await keepTags(ports, observingNode({ parent, instance: seen }));
  return { refused, effects, reads };
};

const put = (tags: object) => [{ call: 'tag', with: { id: INSTANCE_ID, tags } }];

describe('the tags of the spec', () => {
  it.each<[string, Instance, object]>([
    ['all of them', tagged({}), WANTED],
    ['one that is not there', tagged({ customer: 'acme', old: 'x' }), { cost: '42' }],
    ['one that is otherwise', tagged({ ...WANTED, cost: '1' }), { cost: '42' }],
    ['to a stopped one too', tagged({}, { state: 'stopped' }), WANTED],
  ])('are put on the instance in one call: %s', async (_what, instance, tags) => {
    const { effects, reads } = await kept(instance);
    expect(effects).toEqual(put(tags));
    expect(reads).toEqual([`instance ${INSTANCE_ID}`]);
  });

  it.each<[string, Instance | undefined]>([
    ['it has them all', tagged(WANTED)],
    ['it is being terminated', tagged({}, { state: 'shutting-down' })],
    ['it is terminated', tagged({}, { state: 'terminated' })],
    ['EC2 does not show it', undefined],
  ])('cost nothing when %s', async (_what, instance) => {
    expect(await kept(instance)).toEqual({ refused: undefined, effects: [], reads: [] });
  });

  it.each<[string, Instance | null]>([
    ['has them by now', tagged(WANTED)],
    ['is being terminated by now', tagged({}, { state: 'shutting-down' })],
    ['is not known to EC2 any more', null],
    ["is somebody else's", anInstance({ tags: { 'questdb-fleet.dev/owner-uid': 'another' } })],
  ])('are not put on one that, read anew, %s', async (_what, fresh) => {
    const { effects } = await kept(tagged({}), fresh);
    expect(effects).toEqual([]);
  });

  it.each<[Error, string | undefined]>([
    [new RetryLater(3, 'Throttled.'), undefined],
    [new Refusal('EC2 CreateTags was refused (UnauthorizedOperation).'), 'EC2 CreateTags was refused'],
  ])('hold nothing up when EC2 does not take them: %s', async (error, said) => {
    const { ports } = nodeWorld({ described: { [INSTANCE_ID]: tagged({}) } });
    const failing = { ...ports, compute: { ...ports.compute, tag: () => Promise.reject(error) } };
    const refused = await keepTags(failing, observingNode({ parent, instance: tagged({}) }));
    if (said === undefined) expect(refused).toBeUndefined();
    else expect(refused).toContain(said);
  });
});
