import { describe, expect, it } from 'vitest';
import type { QuestDBNodeClass } from '../../../hooks/api/generated/questdbnodeclass.ts';
import { Refusal, RetryLater } from '../../../hooks/metacontroller/errors.ts';
import { factsForLaunch, factsForStatus } from '../../../hooks/questdbnode/launch-facts.ts';
import type { NodePorts } from '../../../hooks/questdbnode/ports.ts';
import { nodeWorld, type NodeFacts } from '../../fixtures/node-world.ts';
import {
  AN_IMAGE,
  AN_INSTANCE_TYPE,
  aClusterNode,
  aNodeClass,
  aNodeParent,
  INSTANCE_ID,
} from '../../fixtures/questdbnode.ts';

const BY_NAME = aNodeClass({ ami: { owner: 'amazon', name: 'al2023-*' } });
const BY_ID = aNodeClass();
const ID_QUERY = 'image {"id":"ami-0123456789abcdef0"}';
const NAME_QUERY = 'image {"owner":"amazon","name":"al2023-*","architectures":["x86_64"]}';

describe('what a launch is decided on', () => {
  const read = async (nodeClass: QuestDBNodeClass | undefined, facts: NodeFacts = {}) => {
    const { ports, reads } = nodeWorld(facts);
    return { found: await factsForLaunch(ports, aNodeParent(), nodeClass), reads };
  };

  it.each<[string, QuestDBNodeClass | undefined, NodeFacts, unknown, string[]]>([
    ['the image of an id', BY_ID, {}, AN_IMAGE, [ID_QUERY]],
    ['the image of a name', BY_NAME, {}, AN_IMAGE, [NAME_QUERY]],
    ['no image', BY_NAME, { image: null }, 'NotFound', [NAME_QUERY]],
    ['nothing of images without a class', undefined, {}, 'NotRead', []],
    ['nothing of images for a type that there is not', BY_ID, { instanceType: null }, 'NotRead', []],
  ])('is the type, what is offered, and %s', async (_what, nodeClass, facts, image, imageReads) => {
    const { found, reads } = await read(nodeClass, facts);
    expect(found.image).toEqual(image);
    expect(found.offeredTypes).toContain('r6i.2xlarge');
    expect(reads).toEqual(['types in eu-west-1a', 'type r6i.2xlarge', ...imageReads]);
  });
});

describe('what the status of an instance tells beside it', () => {
  const ebs = AN_INSTANCE_TYPE.ebs ?? {};
  const there = (status = {}) => aNodeParent({ status: { instanceId: INSTANCE_ID, ...status } });

  it.each([
    ['nothing more, once the type was read', there({ ebs }), BY_ID, aClusterNode(), []],
    ['the type, when its Node is there', there(), BY_ID, aClusterNode(), ['type r6i.2xlarge']],
    ['nothing yet', there(), BY_ID, undefined, []],
    ['the image a name finds', there({ ebs }), BY_NAME, aClusterNode(), ['type r6i.2xlarge', NAME_QUERY]],
    ['no image before the instance is known', aNodeParent(), BY_NAME, undefined, []],
    ['nothing without a class', there({ ebs }), undefined, aClusterNode(), []],
  ])('%s', async (_what, parent, nodeClass, node, expected) => {
    const { ports, reads } = nodeWorld({});
    await factsForStatus(ports, { parent, nodeClass, node });
    expect(reads).toEqual(expected);
  });

  const failing = (error: Error): NodePorts => {
    const { ports } = nodeWorld({});
    const fail = () => Promise.reject(error);
    return { ...ports, compute: { ...ports.compute, instanceType: fail, image: fail } };
  };

  it.each([new RetryLater(3, 'Throttled.'), new Refusal('Not allowed.')])(
    'is left out when EC2 does not say it (%s): nothing is held up',
    async (error) => {
      const facts = { parent: there(), nodeClass: BY_NAME, node: aClusterNode() };
      expect(await factsForStatus(failing(error), facts)).toEqual({
        offeredTypes: [],
        instanceType: undefined,
        image: 'NotRead',
      });
      await expect(factsForLaunch(failing(error), facts.parent, BY_NAME)).rejects.toBe(error);
    },
  );

  it('does not hide a fault of our own', async () => {
    const facts = { parent: there(), nodeClass: BY_NAME, node: aClusterNode() };
    await expect(factsForStatus(failing(new TypeError('undefined')), facts)).rejects.toThrow(TypeError);
  });
});
