import { isDeepStrictEqual } from 'node:util';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import type { QuestDBNodeClass } from '../../hooks/api/generated/questdbnodeclass.ts';
import { rfc3339 } from '../../hooks/api/conditions.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import { NAMESPACE, nodeClass, nodeSpec } from './objects.ts';

const FINALIZER = 'metacontroller.io/compositecontroller-questdbnode';

/** The part of a Kubernetes API server that the QuestDBNode hook sees, in memory. Objects are frozen: a hook that changes one throws. */
export type ApiServer = {
  create: (name: string, spec?: QuestDBNode['spec']) => QuestDBNode;
  /** `kubectl delete questdbnode`: marks it, or removes it when no finalizer holds it. */
  remove: (name: string) => void;
  /** Changes the spec; a new generation. */
  change: (name: string, spec: Partial<QuestDBNode['spec']>) => void;
  /** Names of all that there are. */
  names: () => string[];
  read: (name: string) => QuestDBNode | undefined;
  /** As read, where a test is sure that it is there. */
  get: (name: string) => QuestDBNode;
  /** Every version a name ever had, oldest first: a cache that lags shows any of them. */
  versions: (name: string) => readonly QuestDBNode[];
  addFinalizer: (parent: QuestDBNode) => void;
  removeFinalizer: (parent: QuestDBNode) => void;
  /** Replaces the status of the object with that name and uid, whatever it says now. */
  writeStatus: (parent: QuestDBNode, status: QuestDBNode['status']) => void;
  nodeClass: QuestDBNodeClass | undefined;
  nodes: Map<string, ClusterNode>;
  /** Names of the Nodes on which the EBS CSI driver is registered. */
  csiNodes: Set<string>;
};

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
};

/** An API server that is empty but for the class `default`; `changed` hears of each object that is made or marked for deletion. */
export const createApiServer = (now: () => Date, changed: (object: QuestDBNode) => void): ApiServer => {
  const objects = new Map<string, QuestDBNode>();
  const history = new Map<string, QuestDBNode[]>();
  let counter = 0;

  const store = (object: QuestDBNode): QuestDBNode => {
    counter += 1;
    const { name } = object.metadata;
    const stored = deepFreeze({ ...object, metadata: { ...object.metadata, resourceVersion: String(counter) } });
    objects.set(name, stored);
    history.set(name, [...(history.get(name) ?? []), stored]);
    return stored;
  };
  const same = ({ metadata }: QuestDBNode): QuestDBNode | undefined => {
    const live = objects.get(metadata.name);
    return live?.metadata.uid === metadata.uid ? live : undefined;
  };

  return {
    create: (name, spec = nodeSpec()) => {
      if (objects.has(name)) throw new Error(`there is a QuestDBNode ${name} already`);
      const uid = `uid-${(counter + 1).toString()}`;
      const metadata = { name, namespace: NAMESPACE, uid, generation: 1, creationTimestamp: rfc3339(now()) };
      const created = store({ apiVersion: 'questdb-fleet.dev/v1alpha1', kind: 'QuestDBNode', metadata, spec });
      changed(created);
      return created;
    },
    remove: (name) => {
      const live = objects.get(name);
      if (live === undefined || live.metadata.deletionTimestamp !== undefined) return;
      const { metadata } = live;
      const generation = (metadata.generation ?? 1) + 1;
      if ((metadata.finalizers ?? []).length === 0) objects.delete(name);
      else changed(store({ ...live, metadata: { ...metadata, generation, deletionTimestamp: rfc3339(now()) } }));
    },
    change: (name, spec) => {
      const live = objects.get(name);
      if (live === undefined) return;
      const changedSpec = { ...live.spec, ...spec };
      if (isDeepStrictEqual(live.spec, changedSpec)) return;
      const generation = (live.metadata.generation ?? 1) + 1;
      changed(store({ ...live, metadata: { ...live.metadata, generation }, spec: changedSpec }));
    },
    names: () => [...objects.keys()],
    read: (name) => objects.get(name),
    get: (name) => {
      const live = objects.get(name);
      if (live === undefined) throw new Error(`there is no QuestDBNode ${name}`);
      return live;
    },
    versions: (name) => history.get(name) ?? [],
    addFinalizer: (parent) => {
      const live = same(parent);
      if (live === undefined || live.metadata.finalizers !== undefined) return;
      store({ ...live, metadata: { ...live.metadata, finalizers: [FINALIZER] } });
    },
    removeFinalizer: (parent) => {
      const live = same(parent);
      if (live === undefined) return;
      const { finalizers: _removed, ...metadata } = live.metadata;
      if (metadata.deletionTimestamp === undefined) store({ ...live, metadata });
      else objects.delete(metadata.name);
    },
    writeStatus: (parent, status) => {
      const live = same(parent);
      if (live === undefined || status === undefined || isDeepStrictEqual(live.status, status)) return;
      store({ ...live, status: JSON.parse(JSON.stringify(status)) as NonNullable<QuestDBNode['status']> });
    },
    nodeClass: nodeClass(),
    nodes: new Map(),
    csiNodes: new Set(),
  };
};
