import { parseCustomizeAnswer, type AnswerMode } from './answer.ts';
import type { ApiObject } from './api-object.ts';
import type { CompositeController } from './composite-controller.ts';
import type { Discovery } from './discovery.ts';
import type { Hook } from './hook.ts';
import type { Handlers, Informer } from './informer.ts';
import type { InformerPool, InformerShare } from './informer-pool.ts';
import { toObjectMap, type ObjectMap } from './object-map.ts';
import { matchesRule, objectsOfRule, type NamespaceLabels, type RelatedRule } from './related-rule.ts';
import { kindKeyOf, pathOf, type Resource } from './resource.ts';

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

/** A rule and what it is about. */
type Selection = { rule: RelatedRule; resource: Resource };

type Rules = {
  of: (parent: ApiObject) => Promise<Selection[]>;
  /** The same without a wait, where the hook has been asked already. */
  remembered: (parent: ApiObject) => Selection[] | undefined;
};

const REMEMBERED_FOR_MS = 20 * 60 * 1000;

/** Rules by parent uid and generation: within a generation the hook is asked once, whatever else changes. */
const createRules = ({ controller, hook, discovery }: CustomizeOptions): Rules => {
  const memory = new Map<string, { selections: Selection[]; until: number }>();
  const mode: AnswerMode = controller.spec.hooks?.customize?.webhook?.responseUnMarshallMode ?? 'strict';
  const keyOf = ({ metadata }: ApiObject): string => `${metadata.uid}/${metadata.generation ?? 0}`;
  const remembered = (parent: ApiObject): Selection[] | undefined => {
    const known = memory.get(keyOf(parent));
    return known !== undefined && known.until > Date.now() ? known.selections : undefined;
  };
  const ask = async (parent: ApiObject): Promise<Selection[]> => {
    const rules = parseCustomizeAnswer(await hook({ controller, parent }), mode);
    const selections: Selection[] = [];
    for (const rule of rules) {
      selections.push({ rule, resource: await discovery.resource(rule.apiVersion, rule.resource) });
    }
    memory.set(keyOf(parent), { selections, until: Date.now() + REMEMBERED_FOR_MS });
    return selections;
  };
  return { of: async (parent) => remembered(parent) ?? ask(parent), remembered };
};

/** Hands a related object's change to every parent whose rules select it. */
const createNotifier = ({ parents, enqueue }: CustomizeOptions, rules: Rules, labelsOf: NamespaceLabels) => {
  let stopped = false;
  let notifications = Promise.resolve();

  const selectsOneOf = (selections: Selection[], objects: ApiObject[]): boolean =>
    selections.some(({ rule, resource }) => objects.some((object) => matchesRule(rule, resource, object, labelsOf)));
  const notify = async (objects: ApiObject[]): Promise<void> => {
    for (const parent of parents.store.list()) {
      if (stopped) return;
      try {
        // Every event is held against every parent: no wait where none is needed.
        if (selectsOneOf(rules.remembered(parent) ?? (await rules.of(parent)), objects)) enqueue(parent);
      } catch {
        // A failing customize hook loses the event for this parent, as it does in Metacontroller: resync is the net.
      }
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
  const { informers, namespaces } = options;
  const rules = createRules(options);
  const labelsOf: NamespaceLabels = (name) => {
    const namespace = namespaces.store.get(name);
    return namespace === undefined ? undefined : (namespace.metadata.labels ?? {});
  };
  const notifier = createNotifier(options, rules, labelsOf);
  const shares = new Map<string, InformerShare>();
  const subscriptions: (() => void)[] = [];

  const informerOf = (resource: Resource): Informer => {
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
      for (const { rule, resource } of await rules.of(parent)) {
        const informer = informerOf(resource);
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
