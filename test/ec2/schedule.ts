import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { SyncRequest } from '../../hooks/metacontroller/contract.ts';
import { crash } from './interruption.ts';
import type { Pass } from './metacontroller.ts';
import { INSTANCE_TYPE, nodeClass, ZONE } from './objects.ts';
import { SUBNETS, type Event, type PassStep, type Schedule } from './schedule-steps.ts';
import { trouble } from './troubles.ts';
import { attachVolume, detachVolumes } from './volumes.ts';
import { openWorld, type World } from './world.ts';

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
