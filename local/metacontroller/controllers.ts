import { isDeepStrictEqual } from 'node:util';
import type { CompositeController } from './composite-controller.ts';
import { messageOf } from './fault.ts';
import type { Informer } from './informer.ts';
import { hasStatus } from './parent-definition.ts';
import { startParentController, type ParentController, type Surroundings } from './parent-controller.ts';
import { createWorkqueue } from './workqueue.ts';

/** Keeps one ParentController running for each CompositeController there is, anew when its spec changes. */
export const runControllers = (
  around: Surroundings,
  { controllers, definitions }: { controllers: Informer; definitions: Informer },
): { stop: () => Promise<void> } => {
  const running = new Map<string, ParentController>();

  const stop = async (name: string): Promise<void> => {
    const controller = running.get(name);
    running.delete(name);
    await controller?.stop();
  };

  const reconcile = async (name: string): Promise<void> => {
    const wanted = controllers.store.get(name) as CompositeController | undefined;
    if (wanted === undefined) return stop(name);
    if (!(await hasStatus(definitions, wanted))) {
      around.record(
        wanted,
        'Warning',
        'SyncError',
        `[${name}] Sync error - ignoring, its parent's CRD does not have subresource 'Status' enabled`,
      );
      return;
    }
    if (isDeepStrictEqual(running.get(name)?.controller.spec, wanted.spec)) return;
    await stop(name);
    running.set(name, await startParentController(around, wanted));
    around.log.info({ controller: name }, 'controller started');
  };

  const queue = createWorkqueue(1, async (name) => {
    try {
      await reconcile(name);
      queue.forget(name);
    } catch (error) {
      queue.addRateLimited(name);
      around.log.warn({ controller: name, err: messageOf(error) }, 'controller cannot start');
      const definition = controllers.store.get(name);
      if (definition === undefined) return;
      around.record(definition, 'Warning', 'CreateError', `Cannot create new controller: ${messageOf(error)}`);
    }
  });
  const enqueue = ({ metadata }: { metadata: { name: string } }): void => queue.add(metadata.name);
  queue.open();
  const unsubscribe = controllers.subscribe({
    added: enqueue,
    updated: (_old, current) => enqueue(current),
    deleted: enqueue,
  });

  return {
    stop: async () => {
      unsubscribe();
      await queue.close();
      await Promise.all([...running.keys()].map(stop));
    },
  };
};
