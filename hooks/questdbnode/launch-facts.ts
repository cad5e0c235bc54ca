import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import { Refusal, RetryLater } from '../metacontroller/errors.ts';
import { imageQueryOf } from './image-fit.ts';
import type { Observed } from './observe.ts';
import type { Compute, InstanceTypeFacts, NodePorts } from './ports.ts';

/** What EC2 says of what an instance is made from; all of it from shared readings. */
export type LaunchFacts = Pick<Observed, 'offeredTypes' | 'instanceType' | 'image'>;

/** All that a decision on a launch needs. */
export const factsForLaunch = async (
  { compute }: NodePorts,
  { spec }: QuestDBNode,
  nodeClass: QuestDBNodeClass | undefined,
): Promise<LaunchFacts> => {
  const [offeredTypes, instanceType] = await Promise.all([
    compute.offeredTypes(spec.zone),
    compute.instanceType(spec.instanceType),
  ]);
  return { offeredTypes, instanceType, image: await imageOf(compute, nodeClass, instanceType) };
};

/**
 * What the status of an instance that is there tells beside the instance itself: what its type can do, once, and the image that a class
 * without an image id would take now. Nothing is held up when EC2 does not say.
 */
export const factsForStatus = async (
  { compute }: NodePorts,
  { parent: { spec, status }, nodeClass, node }: Pick<Observed, 'parent' | 'nodeClass' | 'node'>,
): Promise<LaunchFacts> => {
  const picksImage = nodeClass?.spec.ami.name !== undefined && status?.instanceId !== undefined;
  const needsType = picksImage || (node !== undefined && status?.ebs === undefined);
  const instanceType = needsType ? await ifSaid(() => compute.instanceType(spec.instanceType)) : undefined;
  const image = picksImage ? await ifSaid(() => imageOf(compute, nodeClass, instanceType)) : undefined;
  return { offeredTypes: [], instanceType, image: image ?? 'NotRead' };
};

const imageOf = async (
  { image }: Compute,
  nodeClass: QuestDBNodeClass | undefined,
  instanceType: InstanceTypeFacts | undefined,
): Promise<Observed['image']> =>
  nodeClass === undefined || instanceType === undefined
    ? 'NotRead'
    : ((await image(imageQueryOf(nodeClass, instanceType))) ?? 'NotFound');

/** What EC2 answers, or undefined where it does not: for what nothing has to wait for. */
export const ifSaid = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RetryLater || error instanceof Refusal) return undefined;
    throw error;
  }
};
