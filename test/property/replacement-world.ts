import { isDeepStrictEqual } from 'node:util';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBVolume } from '../../hooks/api/generated/questdbvolume.ts';
import { NODE } from '../../hooks/api/labels.ts';
import type { KubernetesObject } from '../../hooks/metacontroller/contract.ts';
import type { StatefulSet } from '../../hooks/questdb/statefulset.ts';
import type { DatabasePorts, Pod, Probe } from '../../hooks/questdb/ports.ts';
import { after } from '../fixtures/clock.ts';
import { aDatabase, CHILD_KINDS, CONFIG_RUNS, FOUND, A_SECRET } from '../fixtures/questdb.ts';
import { onTheWire } from './lawful.ts';

/** An object as the API server keeps it. */
export type Stored = KubernetesObject & { spec?: object; status?: object };
type Children = ReadonlyMap<string, Stored>;

/** One database and all there is of it. Caches know each kind as it was some time ago, and never go back. */
export type World = {
  seconds: number;
  parent: QuestDB;
  children: Children;
  pod: Pod | undefined;
  /** What Metacontroller's caches know. */
  seen: { parent: QuestDB; children: Children };
  /** What the StatefulSet controller's cache knows. */
  seenSet: StatefulSet | undefined;
  cordoned: ReadonlySet<string>;
  /** Zones without room. */
  short: ReadonlySet<string>;
  /** How many instances there is room for at all. */
  room: number;
  /** Uids of nodes that were Ready once: only there a pod may be placed. */
  everReady: ReadonlySet<string>;
  /** Uids of nodes that an answer left out. */
  letGo: ReadonlySet<string>;
  violations: string[];
  counter: number;
};

export const openWorld = (): World => {
  const parent = aDatabase({ spec: { node: { instanceType: 'r6i.large', className: 'default' } } });
  return {
    seconds: 0,
    parent,
    children: new Map(),
    pod: undefined,
    seen: { parent, children: new Map() },
    seenSet: undefined,
    cordoned: new Set(),
    short: new Set(),
    room: 9,
    everReady: new Set(),
    letGo: new Set(),
    violations: [],
    counter: 0,
  };
};

export const keyOf = ({ kind, metadata }: { kind: string; metadata: { name: string } }): string =>
  `${kind}/${metadata.name}`;

const childrenOf = <T extends KubernetesObject>({ children }: World, kind: string): T[] =>
  [...children.values()].filter((child) => child.kind === kind) as unknown as T[];

export const nodesOf = (world: World): QuestDBNode[] => childrenOf<QuestDBNode>(world, 'QuestDBNode');
export const statefulSetOf = (world: World): StatefulSet | undefined =>
  childrenOf<StatefulSet>(world, 'StatefulSet')[0];
export const volumeOf = (world: World): QuestDBVolume | undefined =>
  childrenOf<QuestDBVolume>(world, 'QuestDBVolume')[0];

/** The uid of the node that a StatefulSet or a pod is made for. */
export const placeOf = (made: StatefulSet | Pod | undefined): string | undefined => {
  const pod =
    made === undefined
      ? undefined
      : 'template' in (made.spec ?? {})
        ? (made as StatefulSet).spec?.template.spec
        : (made as Pod).spec;
  return pod?.nodeSelector?.[NODE];
};

export const timeIn = ({ seconds }: World): Date => after(seconds);
export const stampIn = (world: World): string => `${timeIn(world).toISOString().slice(0, 19)}Z`;

export const newIn = (world: World, what: string): string => {
  world.counter += 1;
  return `${what}-${world.counter}`;
};

export const store = (world: World, child: Stored): void => {
  const metadata = { ...child.metadata, resourceVersion: newIn(world, 'version') };
  world.children = new Map([...world.children, [keyOf(child), { ...child, metadata }]]);
};

export const remove = (world: World, child: KubernetesObject): void => {
  world.children = new Map([...world.children].filter(([key]) => key !== keyOf(child)));
};

/** What a child's own controller writes. */
export const writeStatus = (world: World, child: Stored, status: object): void => {
  if (!isDeepStrictEqual(child.status, onTheWire(status))) store(world, { ...child, status: onTheWire(status) });
};

/** A child is deleted by somebody; a QuestDBNode stays until its own hook has seen to it. */
export const deleteChild = (world: World, child: Stored): void => {
  if (child.kind !== 'QuestDBNode') remove(world, child);
  else if (child.metadata.deletionTimestamp === undefined) {
    store(world, { ...child, metadata: { ...child.metadata, deletionTimestamp: stampIn(world) } });
  }
};

/** Metacontroller's cache of a kind catches up. */
export const see = (world: World, kind: string): void => {
  const { seen, parent, children } = world;
  const others = [...seen.children].filter(([, child]) => child.kind !== kind);
  const current = [...children].filter(([, child]) => child.kind === kind);
  world.seen = {
    parent: kind === 'QuestDB' ? parent : seen.parent,
    children: new Map([...others, ...current]),
  };
};

export const KINDS_SEEN = ['QuestDB', ...CHILD_KINDS];

const WELL: Probe = {
  result: {
    answered: true,
    askedWith: A_SECRET.revision,
    version: '9.3.4',
    suspendedTables: [],
    config: CONFIG_RUNS,
  },
  isFresh: true,
};

/** The live reads of the hook. */
export const portsOf = (world: World): DatabasePorts => ({
  cluster: {
    readParent: () => Promise.resolve(world.parent),
    readPod: () => Promise.resolve(world.pod),
    readCredentials: () => Promise.resolve(FOUND),
    createCredentials: () => Promise.reject(new Error('the Secret is there')),
    rotateCredentials: () => Promise.reject(new Error('no new password is asked for')),
    readChild: (_namespace, child) => Promise.resolve(world.children.get(keyOf(child))),
    nodesOf: () => Promise.resolve(nodesOf(world)),
    adopt: () => Promise.reject(new Error('nothing here is an orphan')),
    record: () => Promise.resolve(),
  },
  probes: { last: () => WELL, first: () => Promise.resolve(WELL) },
  operatorNamespace: 'questdb-fleet',
  capacityRetrySeconds: 180,
  now: () => timeIn(world),
});
