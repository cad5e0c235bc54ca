import * as fc from 'fast-check';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import { REPLACE_NODE } from '../../hooks/api/labels.ts';
import { deleteNode, endPod, runKubelet, runNode, runStatefulSetController } from './replacement-controllers.ts';
import { pass, ZONES } from './replacement-pass.ts';
import { KINDS_SEEN, nodesOf, placeOf, see, statefulSetOf, volumeOf, type World } from './replacement-world.ts';

const TYPES = ['r6i.large', 'r6i.xlarge', 'r6i.2xlarge'] as const;
const MODES = ['SurgeFirst', 'Recreate'] as const;

/** Something that happens between two passes; `at` chooses among the nodes there are. */
type Event =
  | { do: 'type'; instanceType: (typeof TYPES)[number] }
  | { do: 'mode'; replacement: (typeof MODES)[number] }
  | { do: 'annotate'; value: string | undefined }
  | { do: 'cordon' | 'uncordon' | 'deleteNode' | 'runNode'; at: number }
  | { do: 'short'; zone: string; is: boolean }
  | { do: 'see'; kind: string }
  | { do: 'advance'; seconds: number }
  | { do: 'controllerSees' | 'controller' | 'kubelet' | 'endPod' | 'calm' };

/** One pass; before it, if it is calm, all that runs by itself has come one step further. */
type PassStep = { do: 'pass'; calmBefore: boolean; meanwhile: Event[]; losesStatus: boolean };

type Step = Event | PassStep;

const one = fc.constant;
const at = fc.nat({ max: 3 });

/** What users and EC2 do. */
const disturbance = (): fc.Arbitrary<Event> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: one('type' as const), instanceType: fc.constantFrom(...TYPES) }) },
    { weight: 2, arbitrary: fc.record({ do: one('mode' as const), replacement: fc.constantFrom(...MODES) }) },
    { weight: 2, arbitrary: fc.record({ do: one('annotate' as const), value: fc.constantFrom('1', '2', undefined) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cordon' as const, 'uncordon' as const), at }) },
    { weight: 1, arbitrary: fc.record({ do: one('deleteNode' as const), at }) },
    { weight: 1, arbitrary: fc.record({ do: one('endPod' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: one('short' as const), zone: fc.constantFrom(...ZONES), is: fc.boolean() }),
    },
  );

/** What the machinery does, whenever it comes to it. */
const motion = (): fc.Arbitrary<Event> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: one('runNode' as const), at }) },
    { weight: 4, arbitrary: fc.record({ do: one('see' as const), kind: fc.constantFrom(...KINDS_SEEN) }) },
    { weight: 1, arbitrary: fc.record({ do: one('advance' as const), seconds: fc.constantFrom(1, 200, 2000) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('controllerSees' as const, 'controller' as const, 'kubelet' as const),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: one('calm' as const) }) },
  );

const event = (): fc.Arbitrary<Event> =>
  fc.oneof({ weight: 2, arbitrary: disturbance() }, { weight: 3, arbitrary: motion() });

const meanwhile = (): fc.Arbitrary<Event[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Event[]>([]) },
    { weight: 1, arbitrary: fc.array(event(), { minLength: 1, maxLength: 3 }) },
  );

const passStep = (): fc.Arbitrary<PassStep> =>
  fc.record({
    do: one('pass' as const),
    calmBefore: fc.boolean(),
    meanwhile: meanwhile(),
    losesStatus: fc.constantFrom(false, false, false, true),
  });

/** What happens to one database: from its creation on, or once it is served. */
export type Schedule = { isServed: boolean; steps: Step[] };

export const schedules = (): fc.Arbitrary<Schedule> =>
  fc.record({
    isServed: fc.constantFrom(true, true, false),
    steps: fc.array(fc.oneof({ weight: 3, arbitrary: event() }, { weight: 2, arbitrary: passStep() }), {
      minLength: 10,
      maxLength: 60,
      size: 'max',
    }),
  });

const withSpec = (
  { metadata, spec, ...parent }: QuestDB,
  node: Partial<NonNullable<QuestDB['spec']['node']>>,
): QuestDB => ({
  ...parent,
  metadata: { ...metadata, generation: (metadata.generation ?? 1) + 1 },
  spec: { ...spec, ...(spec.node === undefined ? {} : { node: { ...spec.node, ...node } }) },
});

const annotated = ({ metadata, ...parent }: QuestDB, value: string | undefined): QuestDB => {
  const { [REPLACE_NODE]: _before, ...others } = metadata.annotations ?? {};
  const annotations = value === undefined ? others : { ...others, [REPLACE_NODE]: value };
  return { ...parent, metadata: { ...metadata, annotations } };
};

/** All that runs by itself, once. */
const runAll = (world: World): void => {
  world.seenSet = statefulSetOf(world);
  runStatefulSetController(world);
  runKubelet(world);
  for (const node of nodesOf(world)) runNode(world, node);
  for (const kind of KINDS_SEEN) see(world, kind);
};

const happen = (world: World, step: Event): void => {
  world.seconds += 1;
  const nodes = nodesOf(world);
  const node = 'at' in step ? nodes[step.at % Math.max(1, nodes.length)] : undefined;
  switch (step.do) {
    case 'type':
      world.parent = withSpec(world.parent, { instanceType: step.instanceType });
      return;
    case 'mode':
      world.parent = withSpec(world.parent, { replacement: step.replacement });
      return;
    case 'annotate':
      world.parent = annotated(world.parent, step.value);
      return;
    case 'short':
      world.short = new Set([...world.short].filter((zone) => zone !== step.zone).concat(step.is ? [step.zone] : []));
      return;
    case 'see': {
      see(world, step.kind);
      return;
    }
    case 'advance':
      world.seconds += step.seconds;
      return;
    case 'controllerSees':
      world.seenSet = statefulSetOf(world);
      return;
    case 'controller': {
      runStatefulSetController(world);
      return;
    }
    case 'kubelet': {
      runKubelet(world);
      return;
    }
    case 'endPod': {
      endPod(world);
      return;
    }
    case 'calm': {
      runAll(world);
      return;
    }
    default:
      if (node !== undefined) happenTo(world, step.do, node);
  }
};

const happenTo = (
  world: World,
  what: 'cordon' | 'uncordon' | 'deleteNode' | 'runNode',
  node: ReturnType<typeof nodesOf>[number],
): void => {
  const others = [...world.cordoned].filter((uid) => uid !== node.metadata.uid);
  if (what === 'cordon') world.cordoned = new Set([...others, node.metadata.uid]);
  else if (what === 'uncordon') world.cordoned = new Set(others);
  else if (what === 'deleteNode') deleteNode(world, node);
  else runNode(world, node);
};

/** Lets a schedule happen. */
export const play = async (world: World, { isServed, steps }: Schedule): Promise<void> => {
  if (isServed) await comeToRest(world);
  for (const step of steps) await playStep(world, step);
};

const playStep = async (world: World, step: Step): Promise<void> => {
  if (step.do !== 'pass') {
    happen(world, step);
    return;
  }
  if (step.calmBefore) runAll(world);
  const others = () => step.meanwhile.forEach((other) => happen(world, other));
  await pass(world, { meanwhile: others, losesStatus: step.losesStatus });
  if (step.calmBefore && step.meanwhile.length === 0) watchNodes(world);
};

/** From what is known of everything there are no more nodes than the one that is wanted and the one the pod is placed on, or is still on. */
const watchNodes = (world: World): void => {
  const set = statefulSetOf(world);
  const isSeen = set === undefined || set.status?.observedGeneration === set.metadata.generation;
  const living = nodesOf(world).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const onAnother = world.pod !== undefined && placeOf(world.pod) !== placeOf(set) ? 1 : 0;
  if (isSeen && living.length > 2 + onAnother) world.violations.push(`there are ${living.length} nodes`);
};

const ROUNDS = 300;
const CALM = { meanwhile: () => undefined, losesStatus: false };

/**
 * The end of all changes: one zone has room, the volume's if there is one, and with Recreate for one instance alone. What moves by itself goes on
 * until nothing does; whether it came to rest.
 */
export const comeToRest = async (world: World): Promise<boolean> => {
  const zone = volumeOf(world)?.status?.zone ?? placedZone(world) ?? ZONES[1];
  world.short = new Set(ZONES.filter((other) => other !== zone));
  world.room = world.parent.spec.node?.replacement === 'Recreate' ? 1 : 9;
  for (let round = 0, still = 0; round < ROUNDS; round += 1) {
    const before = JSON.stringify([[...world.children], world.pod, world.parent.status]);
    runAll(world);
    await pass(world, CALM);
    world.seconds += 60;
    still = JSON.stringify([[...world.children], world.pod, world.parent.status]) === before ? still + 1 : 0;
    if (still === 3) return true;
  }
  return false;
};

/** A StatefulSet is made for a zone before its volume is bound there. */
const placedZone = (world: World): string | undefined =>
  nodesOf(world).find(({ metadata }) => metadata.uid === placeOf(statefulSetOf(world)))?.spec.zone;
