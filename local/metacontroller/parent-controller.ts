import type { Applier } from './apply/applier.ts';
import type { ApiClient } from './api-client.ts';
import type { ChildRule, CompositeController, UpdateMethod } from './composite-controller.ts';
import { RelatedNotSynced, startCustomize } from './customize.ts';
import type { Discovery } from './discovery.ts';
import type { EventRecorder } from './event-recorder.ts';
import { messageOf } from './fault.ts';
import { createFinalizer } from './finalizer.ts';
import { TooManyRequests } from './hook-call.ts';
import { createHook, type Hook, type HookName, type ReadSecret } from './hook.ts';
import type { Informer } from './informer.ts';
import type { InformerPool, InformerShare } from './informer-pool.ts';
import type { Logger } from './logger.ts';
import type { Management } from './manage-children.ts';
import { createParentEvents } from './parent-events.ts';
import { isConcerned, runPass, type PassPorts } from './pass.ts';
import type { Resource } from './resource.ts';
import { createWorkqueue, type Workqueue } from './workqueue.ts';

/** What all controllers of one stand-in share. */
export type Surroundings = {
  api: ApiClient;
  discovery: Discovery;
  informers: InformerPool;
  namespaces: Informer;
  applier: Applier;
  record: EventRecorder;
  readSecret: ReadSecret;
  workers: number;
  log: Logger;
};

/** One CompositeController at work. */
export type ParentController = { controller: CompositeController; stop: () => Promise<void> };

const methodsOf = async (discovery: Discovery, rules: ChildRule[]) => {
  const methods = new Map<string, UpdateMethod>();
  for (const rule of rules) {
    const method = rule.updateStrategy?.method ?? 'OnDelete';
    if (method.startsWith('Rolling'))
      throw new Error(`not supported by the stand-in for Metacontroller: update method ${method} of ${rule.resource}`);
    const { group, kind } = await discovery.resource(rule.apiVersion, rule.resource);
    methods.set(`${group}/${kind}`, method);
  }
  return (group: string, kind: string): UpdateMethod => methods.get(`${group}/${kind}`) ?? 'OnDelete';
};

type Kinds = {
  parentResource: Resource;
  parents: Informer;
  children: Informer[];
  methodOf: Management['methodOf'];
  release: () => void;
};

const shareInformers = async (around: Surroundings, controller: CompositeController): Promise<Kinds> => {
  const { parentResource: parentRule, childResources = [] } = controller.spec;
  const parentResource = await around.discovery.resource(parentRule.apiVersion, parentRule.resource);
  const childKinds: Resource[] = [];
  for (const rule of childResources) childKinds.push(await around.discovery.resource(rule.apiVersion, rule.resource));
  const methodOf = await methodsOf(around.discovery, childResources);
  const parentShare = around.informers.share(parentResource);
  const childShares: InformerShare[] = childKinds.map((kind) => around.informers.share(kind));
  return {
    parentResource,
    parents: parentShare.informer,
    children: childShares.map(({ informer }) => informer),
    methodOf,
    release: () => [parentShare, ...childShares].forEach((share) => share.release()),
  };
};

const runPasses = (around: Surroundings, ports: PassPorts, parents: Informer, queue: Workqueue) => {
  const { log, record } = around;
  return async (key: string): Promise<void> => {
    const parent = parents.store.get(key);
    if (parent === undefined) {
      queue.forget(key);
      return;
    }
    try {
      await runPass(ports, parent);
      queue.forget(key);
    } catch (error) {
      if (error instanceof TooManyRequests) {
        queue.addAfter(key, error.afterSeconds * 1000);
        return;
      }
      queue.addRateLimited(key);
      if (error instanceof RelatedNotSynced) return;
      log.warn({ kind: parent.kind, key, err: messageOf(error) }, 'sync failed');
      record(parent, 'Warning', 'SyncError', `Sync error: ${messageOf(error)}`);
    }
  };
};

type Hooks = Pick<PassPorts, 'sync' | 'finalize'> & { customize: Hook | undefined };

const createHooks = async (around: Surroundings, controller: CompositeController, stopped: AbortSignal) => {
  const { hooks } = controller.spec;
  if (hooks === undefined) throw new Error('no hooks defined');
  const create = (name: HookName) => createHook(controller, name, around.readSecret, stopped);
  return { customize: await create('customize'), sync: await create('sync'), finalize: await create('finalize') };
};

/** The parts of a controller that know each other: which change wakes which parent, and what a pass does then. */
const assemble = (around: Surroundings, controller: CompositeController, kinds: Kinds, hooks: Hooks) => {
  const { api, discovery, applier } = around;
  const { spec, metadata } = controller;
  const { parentResource, parents, children, methodOf } = kinds;
  const finalizer = createFinalizer(metadata.name, spec.hooks?.finalize !== undefined, {
    api,
    resource: parentResource,
  });
  const work = (key: string): Promise<void> => pass(key);
  const queue = createWorkqueue(around.workers, work);
  const events = createParentEvents({
    parentResource,
    parents,
    generateSelector: spec.generateSelector === true,
    ignoreStatusChanges: spec.parentResource.ignoreStatusChanges === true,
    isConcerned: (parent) => isConcerned({ controller, finalizer }, parent),
    enqueue: queue.add,
  });
  const customize =
    hooks.customize === undefined
      ? undefined
      : startCustomize({ ...around, controller, hook: hooks.customize, parents, enqueue: events.enqueueParent });
  const ports: PassPorts = {
    ...{ api, controller, parentResource, children, finalizer, customize },
    ...{ sync: hooks.sync, finalize: hooks.finalize },
    management: { api, discovery, applier, methodOf },
    askAgainAfter: (key, seconds) => queue.addAfter(key, seconds * 1000),
  };
  const pass = runPasses(around, ports, parents, queue);
  return { queue, events, customize };
};

/** Starts what a CompositeController asks for; throws when it asks for what is not there. */
export const startParentController = async (
  around: Surroundings,
  controller: CompositeController,
): Promise<ParentController> => {
  const stopped = new AbortController();
  const hooks = await createHooks(around, controller, stopped.signal);
  const kinds = await shareInformers(around, controller);
  const { parents, children } = kinds;
  const { queue, events, customize } = assemble(around, controller, kinds, hooks);
  const subscriptions = [
    parents.subscribe(events.ofParents, controller.spec.resyncPeriodSeconds),
    ...children.map((informer) => informer.subscribe(events.ofChildren)),
  ];
  void Promise.all([around.namespaces, parents, ...children].map(({ synced }) => synced)).then(queue.open);
  return {
    controller,
    stop: async () => {
      stopped.abort();
      subscriptions.forEach((unsubscribe) => unsubscribe());
      customize?.stop();
      await queue.close();
      kinds.release();
    },
  };
};
