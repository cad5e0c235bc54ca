import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../api/generated/questdbnodeclass.ts';
import type { Observed } from './observe.ts';
import type { Image, ImageQuery, InstanceTypeFacts } from './ports.ts';
import type { Refusal } from './steps.ts';

/** The image a class means for an instance type. */
export const imageQueryOf = ({ spec }: QuestDBNodeClass, { architectures }: InstanceTypeFacts): ImageQuery =>
  spec.ami.id === undefined
    ? { owner: spec.ami.owner ?? '', name: spec.ami.name ?? '', architectures }
    : { id: spec.ami.id };

/** The image of the next launch, or why there is none that the instance type can run. */
export const fittingImage = (observed: Observed, nodeClass: QuestDBNodeClass): Image | Refusal => {
  const { parent, offeredTypes, instanceType, image } = observed;
  if (instanceType === undefined || !offeredTypes.includes(parent.spec.instanceType)) {
    return notOffered(parent, offeredTypes);
  }
  if (typeof image === 'string') return notFound(parent, nodeClass, instanceType);
  return instanceType.architectures.includes(image.architecture)
    ? image
    : mismatch(parent, nodeClass, { instanceType, image });
};

const TYPES_NAMED = 12;

const notOffered = ({ spec }: QuestDBNode, offered: readonly string[]): Refusal => {
  const family = spec.instanceType.split('.')[0] ?? '';
  const kin = offered.filter((type) => type.startsWith(`${family}.`));
  const named = (kin.length > 0 ? kin : offered).slice(0, TYPES_NAMED).join(', ');
  return {
    reason: 'InstanceTypeNotOffered',
    message: `EC2 does not offer instance type "${spec.instanceType}" in ${spec.zone}. It offers there, among others: ${named}.`,
  };
};

const notFound = ({ spec }: QuestDBNode, nodeClass: QuestDBNodeClass, type: InstanceTypeFacts): Refusal => {
  const query = imageQueryOf(nodeClass, type);
  const what =
    'id' in query
      ? `EC2 shows no image ${query.id} that is available to this account.`
      : `EC2 shows no image of owner "${query.owner}" for ${archs(type)} (${spec.instanceType}) that is available and whose name matches "${query.name}".`;
  return {
    reason: 'ImageNotFound',
    message: `${what} Correct spec.ami of QuestDBNodeClass "${spec.className}"; images are looked for again every few minutes.`,
  };
};

type Pair = { instanceType: InstanceTypeFacts; image: Image };

const mismatch = ({ spec }: QuestDBNode, nodeClass: QuestDBNodeClass, { instanceType, image }: Pair): Refusal => ({
  reason: 'ArchitectureMismatch',
  message:
    `Instance type "${spec.instanceType}" is ${archs(instanceType)} and image ${image.imageId} is ${image.architecture}. ` +
    `Name an image for ${archs(instanceType)} in QuestDBNodeClass "${nodeClass.metadata.name}" (by owner and name, the one that fits is taken), ` +
    'or choose another instance type or class.',
});

const archs = ({ architectures }: InstanceTypeFacts): string => architectures.join(' or ');
