import { conditionOf } from '../../hooks/api/conditions.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import { runCommand } from '../../local/ec2/commands/table.ts';
import type { Instance } from '../../local/ec2/model.ts';
import type { Ec2Settings } from '../../local/ec2/settings.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import { createApiServer, type ApiServer } from './api-server.ts';
import { createHookProcess, type HookProcess } from './hook-process.ts';
import { inProcessClients, simulateEc2 } from './in-process-ec2.ts';
import { createLaws } from './laws.ts';
import { createMachines } from './machines.ts';
import { createMetacontroller, type Metacontroller } from './metacontroller.ts';
import { detachVolumesToBeLeft } from './volumes.ts';

/** One cluster and one account, in which nothing happens but what a test says; time stands still between. */
export type World = {
  api: ApiServer;
  simulation: Simulation;
  hooks: HookProcess;
  metacontroller: Metacontroller;
  /** Reasons of the events that were recorded, after the name of their object. */
  events: string[];
  now: () => Date;
  /** Moves the clock; machines boot and go meanwhile. */
  advance: (seconds: number) => void;
  /** Cuts the network of a machine, or mends it. */
  isolate: (instanceId: string, isolated?: boolean) => void;
  /** Mends all networks. */
  connectAll: () => void;
  /** The same as `npm run local -- aws <name>`. */
  command: (name: string, body?: Record<string, unknown>) => void;
  /** Goes on as an undisturbed Metacontroller would until `done` holds. Throws, with what it saw last, after so many virtual seconds. */
  settle: (done?: () => boolean, withinSeconds?: number) => Promise<void>;
  /** The instances of an object that are not on their way out, visible or not. */
  instancesOf: (uid: string) => Instance[];
  /** Whether every living object has one running instance and is Ready, and no other has any. */
  isSettled: () => boolean;
  /** What happened that must never happen; empty when all is well. */
  violations: () => string[];
};

const START = new Date('2026-01-01T00:00:00Z');
const LONGEST_STEP_SECONDS = 10;

/** A stopped one that was replaced still costs, and is to go. */
const isLiving = ({ state }: Instance): boolean => state !== 'shutting-down' && state !== 'terminated';

const liveInstances = (simulation: Simulation, uid: string): Instance[] => {
  simulation.present(() => undefined);
  return Object.values(simulation.account.instances).filter(
    (instance) => instance.tags[OWNER_UID] === uid && isLiving(instance),
  );
};

const isServed = ({ status }: QuestDBNode, [instance, another]: Instance[]): boolean =>
  another === undefined &&
  instance?.state === 'running' &&
  status?.instanceId === instance.id &&
  conditionOf(status.conditions, 'Ready')?.status === 'True';

/** Every object there ever was, by uid, as it is now; undefined when it is gone. */
type Objects = () => Map<string, QuestDBNode | undefined>;

const settlement = (objects: Objects, instancesOf: World['instancesOf']) => ({
  isSettled: (): boolean =>
    [...objects()].every(([uid, object]) =>
      object === undefined
        ? instancesOf(uid).length === 0
        : object.metadata.deletionTimestamp === undefined && isServed(object, instancesOf(uid)),
    ),
  describe: (): string =>
    JSON.stringify(
      [...objects()].map(([uid, object]) => ({
        uid,
        conditions: object?.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`),
        instances: instancesOf(uid).map(({ id, state }) => `${id} ${state}`),
      })),
    ),
});

/** Opens a world; the seed decides every id, order and page of the account. */
export const openWorld = (seed = 7, settings: Partial<Ec2Settings> = {}): World => {
  const simulation = simulateEc2(seed, START, settings);
  const now = (): Date => new Date(simulation.clock.now());
  const names = new Map<string, string>();
  const api = createApiServer(now, ({ metadata }) => {
    names.set(metadata.uid, metadata.name);
    metacontroller.wake(metadata.name, 0);
  });
  const laws = createLaws(simulation);
  const events: string[] = [];
  const hooks = createHookProcess({ api, clients: inProcessClients(simulation), laws, now, events });
  const metacontroller = createMetacontroller(api, hooks, now);
  const machines = createMachines(simulation, api);
  const instancesOf = (uid: string): Instance[] => liveInstances(simulation, uid);
  const live = (uid: string, name: string): QuestDBNode | undefined => {
    const object = api.read(name);
    return object?.metadata.uid === uid ? object : undefined;
  };
  const objects: Objects = () => new Map([...names].map(([uid, name]) => [uid, live(uid, name)]));
  const { isSettled, describe } = settlement(objects, instancesOf);

  const advance = (seconds: number): void => {
    simulation.clock.advance(seconds);
    const changed = machines.step();
    detachVolumesToBeLeft(simulation, api.nodes.values());
    for (const uid of changed) {
      const name = names.get(uid);
      if (name !== undefined) metacontroller.wake(name, 0);
    }
  };

  const settle = async (done = isSettled, withinSeconds = 3600): Promise<void> => {
    const deadline = now().getTime() + withinSeconds * 1000;
    while (!done()) {
      if (now().getTime() > deadline) throw new Error(`not settled within ${withinSeconds} s: ${describe()}`);
      const { name, inSeconds } = metacontroller.next() ?? { name: undefined, inSeconds: Infinity };
      if (inSeconds > 0) advance(Math.min(inSeconds, LONGEST_STEP_SECONDS));
      else if (name !== undefined) await metacontroller.pass(name);
    }
  };

  return {
    api,
    simulation,
    hooks,
    metacontroller,
    events,
    now,
    advance,
    isolate: (instanceId, isolated = true) => {
      machines.isolate(instanceId, isolated);
    },
    connectAll: machines.connectAll,
    command: (name, body = {}) => void runCommand(simulation, name, body),
    settle,
    instancesOf,
    isSettled,
    violations: laws.broken,
  };
};
