import { parseCustomizeAnswer, type AnswerMode } from './answer.ts';
import type { ApiObject } from './api-object.ts';
import type { CompositeController } from './composite-controller.ts';
import type { Discovery } from './discovery.ts';
import type { Hook } from './hook.ts';
import type { Handlers, Informer } from './informer.ts';
import type { InformerPool, InformerShare } from './informer-pool.ts';
import { toObjectMap, type ObjectMap } from './object-map.ts';
import { matchesRule, objectsOfRule, type NamespaceLabels, type RelatedRule } from './related-rule.ts';
import { kindKeyOf, pathOf } from './resource.ts';

/** The list of a related kind is not there yet: the pass comes again soon, without an event. */
export class RelatedNotSynced extends Error {}

/** The related objects of the parents of one controller. */
export type Customize = {
  relatedOf: (parent: ApiObject) => Promise<ObjectMap<ApiObject>>;
  stop: () => void;
};

type CustomizeOptions = {
  controller: CompositeController;
  hook: Hook;
  discovery: Discovery;
  informers: InformerPool;
  namespaces: Informer;
  parents: Informer;
  enqueue: (parent: ApiObject) => void;
};

type RulesOf = (parent: ApiObject) => Promise<RelatedRule[]>;

const REMEMBERED_FOR_MS = 20 * 60 * 1000;

/** Rules by parent uid and generation: within a generation the hook is asked once, whatever else changes. */
const createRules = ({ controller, hook }: CustomizeOptions): RulesOf => {
  const memory = new Map<string, { rules: RelatedRule[]; until: number }>();
  const mode: AnswerMode = controller.spec.hooks?.customize?.webhook?.responseUnMarshallMode ?? 'strict';
  return async (parent) => {
    const key = `${parent.metadata.uid}/${parent.metadata.generation ?? 0}`;
    const remembered = memory.get(key);
    if (remembered !== undefined && remembered.until > Date.now()) return remembered.rules;
    const rules = parseCustomizeAnswer(await hook({ controller, parent }), mode);
    memory.set(key, { rules, until: Date.now() + REMEMBERED_FOR_MS });
    return rules;
  };
};

/** Hands a related object's change to every parent whose rules select it. */
const createNotifier = (options: CustomizeOptions, rulesOf: RulesOf, labelsOf: NamespaceLabels) => {
  const { discovery, parents, enqueue } = options;
  let stopped = false;
  let notifications = Promise.resolve();

  const isConcerned = async (parent: ApiObject, objects: ApiObject[]): Promise<boolean> => {
    for (const rule of await rulesOf(parent)) {
      const resource = await discovery.resource(rule.apiVersion, rule.resource);
      if (objects.some((object) => matchesRule(rule, resource, object, labelsOf))) return true;
    }
    return false;
  };
  const notify = async (objects: ApiObject[]): Promise<void> => {
    for (const parent of parents.store.list()) {
      if (stopped) return;
      // A failing customize hook loses the event for this parent, as it does in Metacontroller: resync is the net.
      if (await isConcerned(parent, objects).catch(() => false)) enqueue(parent);
    }
  };
  const onEvent = (...objects: ApiObject[]): void => {
    notifications = notifications.then(() => notify(objects));
  };
  const handlers: Handlers = {
    added: (object) => onEvent(object),
    updated: (old, current) => {
      if (old.metadata.resourceVersion !== current.metadata.resourceVersion) onEvent(old, current);
    },
    deleted: (object) => onEvent(object),
  };
  return { handlers, stop: () => (stopped = true) };
};

export const startCustomize = (options: CustomizeOptions): Customize => {
  const { discovery, informers, namespaces } = options;
  const rulesOf = createRules(options);
  const labelsOf: NamespaceLabels = (name) => {
    const namespace = namespaces.store.get(name);
    return namespace === undefined ? undefined : (namespace.metadata.labels ?? {});
  };
  const notifier = createNotifier(options, rulesOf, labelsOf);
  const shares = new Map<string, InformerShare>();
  const subscriptions: (() => void)[] = [];

  const informerOf = async (rule: RelatedRule): Promise<Informer> => {
    const resource = await discovery.resource(rule.apiVersion, rule.resource);
    const key = pathOf(resource);
    const known = shares.get(key);
    if (known !== undefined) return known.informer;
    const share = informers.share(resource);
    shares.set(key, share);
    subscriptions.push(share.informer.subscribe(notifier.handlers));
    return share.informer;
  };

  return {
    relatedOf: async (parent) => {
      const objects: ApiObject[] = [];
      const kinds: string[] = [];
      for (const rule of await rulesOf(parent)) {
        const informer = await informerOf(rule);
        if (!informer.hasSynced()) throw new RelatedNotSynced(`related ${rule.resource} not synced yet`);
        kinds.push(kindKeyOf(informer.resource));
        objects.push(...objectsOfRule(rule, informer, labelsOf));
      }
      return toObjectMap(objects, kinds);
    },
    stop: () => {
      notifier.stop();
      subscriptions.forEach((unsubscribe) => unsubscribe());
      for (const share of shares.values()) share.release();
    },
  };
};
