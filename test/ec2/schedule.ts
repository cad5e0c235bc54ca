import fc from 'fast-check';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { SyncRequest } from '../../hooks/metacontroller/contract.ts';
import { crash } from './interruption.ts';
import { INSTANCE_TYPE, nodeClass, ZONE } from './objects.ts';
import type { Pass } from './metacontroller.ts';
import { trouble, TROUBLES, type Trouble } from './troubles.ts';
import { attachVolume, detachVolumes } from './volumes.ts';
import { openWorld, type World } from './world.ts';

/** Launches are what goes wrong most expensively. */
const ACTIONS = [
  '*',
  'CreateTags',
  'DescribeImages',
  'DescribeInstances',
  'DescribeInstanceTypeOfferings',
  'DescribeInstanceTypes',
  'ModifyInstanceAttribute',
  'RunInstances',
  'RunInstances',
  'RunInstances',
  'StartInstances',
  'StopInstances',
  'TerminateInstances',
] as const;

const BEFORE = ['RequestLimitExceeded', 'InternalError', 'ConnectionReset', 'UnauthorizedOperation'] as const;
const AFTER = ['RequestLimitExceeded', 'InternalError', 'ConnectionReset'] as const;

/** One subnet, or two of the same zone. */
const SUBNETS = [
  { zone: ZONE, id: 'subnet-local-a' },
  { zone: ZONE, id: 'subnet-local-a2' },
] as const;

/** Something between two passes of Metacontroller. */
type Event =
  | { do: 'create'; name: string }
  | { do: 'delete'; name: string }
  | { do: 'advance'; seconds: number }
  | { do: 'fault'; action: (typeof ACTIONS)[number]; when: 'before' | 'after'; code: string; times: number }
  | { do: 'shortage'; available: number }
  | { do: 'addresses'; free: number }
  | { do: 'tags'; name: string; customer: string }
  | { do: 'class'; revision: number }
  | { do: 'restart' }
  | { do: 'trouble'; name: string; what: Trouble }
  | { do: 'relaunch'; name: string; relaunch: 'Allowed' | 'Never' }
  | { do: 'attach'; name: string }
  | { do: 'detach' };

/** One pass, disturbed or not. */
type PassStep = {
  do: 'pass';
  name: string;
  behind: number;
  losesAnswer: boolean;
  /** An edge of the call at which it crashes, or is held up while other things happen. */
  at: number;
  disturbance: 'none' | 'crash' | 'hold' | 'late';
  meanwhile: (Event | PlainPass)[];
};
type PlainPass = { do: 'plain pass'; name: string };
/** Metacontroller sends a request again that it sent before, and uses the answer. */
type Repeat = { do: 'repeat'; back: number };

export type Step = Event | PassStep | PlainPass | Repeat;

/**
 * What there is when the disturbances begin: an object that is new, or served, or has a data volume; or one of the situations that are
 * hard to come by: a launch whose answer was lost, or a status that speaks of another launch than the one that was made.
 */
type Beginning = 'new' | 'served' | 'in use' | 'unanswered' | 'forked';

/** What a schedule begins with, and what happens then. */
export type Schedule = {
  seed: number;
  visibilityDelaySeconds: number;
  throttling: boolean;
  first: string;
  beginning: Beginning;
  steps: Step[];
};

const one = fc.constant;

const faults = (when: 'before' | 'after', codes: readonly string[]): fc.Arbitrary<Event> =>
  fc.record({
    do: one('fault' as const),
    action: fc.constantFrom(...ACTIONS),
    when: one(when),
    code: fc.constantFrom(...codes),
    times: fc.constantFrom(1, 1, 2, 3),
  });

const events = (name: fc.Arbitrary<string>): fc.Arbitrary<Event> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: one('create' as const), name }) },
    { weight: 2, arbitrary: fc.record({ do: one('delete' as const), name }) },
    { weight: 5, arbitrary: fc.record({ do: one('advance' as const), seconds: fc.constantFrom(1, 5, 15, 40, 400) }) },
    { weight: 3, arbitrary: faults('before', BEFORE) },
    { weight: 3, arbitrary: faults('after', AFTER) },
    { weight: 1, arbitrary: fc.record({ do: one('shortage' as const), available: fc.constantFrom(0, 1) }) },
    { weight: 2, arbitrary: fc.record({ do: one('addresses' as const), free: fc.constantFrom(0, 0, 1) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: one('tags' as const), name, customer: fc.constantFrom('acme', 'globex') }),
    },
    { weight: 3, arbitrary: fc.record({ do: one('class' as const), revision: fc.integer({ min: 0, max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ do: one('restart' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: one('attach' as const), name }) },
    { weight: 5, arbitrary: fc.record({ do: one('trouble' as const), name, what: fc.constantFrom(...TROUBLES) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: one('relaunch' as const),
        name,
        relaunch: fc.constantFrom('Allowed' as const, 'Allowed' as const, 'Never' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: one('detach' as const) }) },
  );

const steps = (name: fc.Arbitrary<string>): fc.Arbitrary<Step> => {
  const event = events(name);
  const plainPass: fc.Arbitrary<PlainPass> = fc.record({ do: one('plain pass' as const), name });
  const passStep: fc.Arbitrary<PassStep> = fc.record({
    do: one('pass' as const),
    name,
    behind: fc.constantFrom(0, 0, 0, 1, 2),
    losesAnswer: fc.constantFrom(false, false, false, true),
    at: fc.integer({ min: 0, max: 17 }),
    disturbance: fc.constantFrom('none', 'crash', 'hold', 'late'),
    meanwhile: fc.array(fc.oneof(event, plainPass, plainPass), { maxLength: 3 }),
  });
  const repeat: fc.Arbitrary<Repeat> = fc.record({ do: one('repeat' as const), back: fc.integer({ min: 1, max: 4 }) });
  return fc.oneof(
    { weight: 4, arbitrary: event },
    { weight: 4, arbitrary: plainPass },
    { weight: 4, arbitrary: passStep },
    { weight: 1, arbitrary: repeat },
  );
};

/** Schedules of up to 20 steps over one account and objects of these names, the first of which is there from the beginning. */
export const schedulesOf = (names: readonly [string, ...string[]]): fc.Arbitrary<Schedule> =>
  fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    visibilityDelaySeconds: fc.constantFrom(0, 3, 30, 200),
    throttling: fc.boolean(),
    first: one(names[0]),
    beginning: fc.constantFrom<Beginning>('new', 'new', 'served', 'in use', 'unanswered', 'forked'),
    steps: fc.array(steps(fc.constantFrom(...names)), { minLength: 4, maxLength: 20 }),
  });

/** A step that is not possible in this world does nothing. */
const happen = (world: World, step: Event): void => {
  const { api } = world;
  switch (step.do) {
    case 'create':
      if (api.read(step.name) === undefined) api.create(step.name);
      return;
    case 'delete': {
      api.remove(step.name);
      return;
    }
    case 'advance': {
      world.advance(step.seconds);
      return;
    }
    case 'fault': {
      world.command('fail', { action: step.action, when: step.when, code: step.code, times: step.times });
      return;
    }
    case 'shortage': {
      world.command('capacity', { instanceType: INSTANCE_TYPE, zone: ZONE, available: step.available });
      return;
    }
    case 'addresses': {
      world.command('addresses', { subnetId: SUBNETS[0].id, free: step.free });
      return;
    }
    case 'tags':
      api.change(step.name, { tags: { customer: step.customer } });
      return;
    case 'class':
      api.nodeClass =
        step.revision === 0
          ? undefined
          : nodeClass({ tags: { revision: String(step.revision) }, subnets: SUBNETS.slice(0, step.revision) });
      return;
    case 'restart': {
      world.hooks.restart();
      return;
    }
    case 'trouble':
      trouble(world, step.name, step.what);
      return;
    case 'relaunch':
      api.change(step.name, { relaunch: step.relaunch });
      return;
    case 'attach':
      attachToReady(world, step.name);
      return;
    case 'detach':
      detachVolumes(world.simulation);
      return;
  }
};

/** A volume comes with a pod, and a pod only to the Ready Node of an object that is to stay. */
const attachToReady = (world: World, objectName: string): void => {
  const object = world.api.read(objectName);
  const [instance] = world.instancesOf(object?.metadata.uid ?? '');
  const isReady = object?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (object?.metadata.deletionTimestamp !== undefined || isReady !== true || instance?.state !== 'running') return;
  const { volumes } = world.simulation.account;
  if (
    Object.values(volumes).some(
      ({ attachment }) => attachment?.instanceId === instance.id && attachment.device !== instance.rootDeviceName,
    )
  )
    return;
  attachVolume(world.simulation, instance.id);
};

const disturbed = (world: World, step: PassStep): Pass => {
  const meanwhile = async (): Promise<void> => {
    for (const other of step.meanwhile) {
      if (other.do === 'plain pass') await world.metacontroller.pass(other.name);
      else happen(world, other);
    }
  };
  const { behind, losesAnswer, at } = step;
  switch (step.disturbance) {
    case 'none':
      return { behind, losesAnswer };
    case 'crash':
      return { behind, losesAnswer, interruption: { at, act: crash } };
    case 'hold':
      return { behind, losesAnswer, interruption: { at, act: meanwhile } };
    case 'late':
      return { behind, losesAnswer, beforeApply: meanwhile };
  }
};

const begin = async (world: World, { first, beginning }: Schedule): Promise<void> => {
  const { api, metacontroller } = world;
  api.create(first);
  switch (beginning) {
    case 'new':
      return;
    case 'served':
      return world.settle();
    case 'in use':
      await world.settle();
      attachToReady(world, first);
      return;
    case 'unanswered':
      await metacontroller.pass(first);
      world.command('fail', { action: 'RunInstances', when: 'after' });
      await metacontroller.pass(first);
      return;
    case 'forked':
      await metacontroller.pass(first, { beforeApply: () => launchElsewise(world, first) });
  }
};

/** A second Metacontroller, before the first has stopped: from the same object it decides on another launch, and it is faster. */
const launchElsewise = async ({ api, metacontroller }: World, name: string): Promise<void> => {
  api.nodeClass = nodeClass({ tags: { decided: 'elsewhere' } });
  await metacontroller.pass(name);
  await metacontroller.pass(name);
};

/** The end of all faults: what is left is the visibility delay, and time. */
const recover = async (world: World): Promise<void> => {
  world.command('heal');
  world.api.nodeClass ??= nodeClass();
  for (const name of world.api.names()) world.api.change(name, { relaunch: 'Allowed' });
  world.connectAll();
  detachVolumes(world.simulation);
  await world.settle();
};

/** Lets a schedule happen, stops all faults, and goes on undisturbed until all is well. Throws when it never is. */
const run = async (world: World, schedule: Schedule): Promise<void> => {
  await begin(world, schedule);
  const requests: SyncRequest<QuestDBNode>[] = [];
  for (const step of schedule.steps) {
    if (step.do === 'pass' || step.do === 'plain pass') {
      const outcome = await world.metacontroller.pass(step.name, step.do === 'pass' ? disturbed(world, step) : {});
      if (outcome !== undefined && 'request' in outcome) requests.push(outcome.request);
    } else if (step.do === 'repeat') {
      await repeat(world, requests.at(-step.back));
    } else {
      happen(world, step);
    }
  }
  await recover(world);
};

/** A request that was answered before; its answer is used once more. */
const repeat = async (
  { hooks, metacontroller }: World,
  request: SyncRequest<QuestDBNode> | undefined,
): Promise<void> => {
  if (request === undefined) return;
  await hooks.call(request).then(
    (answer) => metacontroller.apply(request, answer),
    () => undefined,
  );
};

/** What a schedule breaks in a world of its own; throws when the world never comes to rest. */
export const violationsOf = async (schedule: Schedule): Promise<string[]> => {
  const { seed, visibilityDelaySeconds, throttling } = schedule;
  const world = openWorld(seed, { visibilityDelaySeconds, throttling, reuseAddresses: true });
  await run(world, schedule);
  return world.violations();
};
