import type { ApiObject } from './api-object.ts';
import { atomicUpdate, type Writer } from './atomic-update.ts';

/** What keeps a parent until its finalize hook is done. */
export type Finalizer = {
  name: string;
  isOn: (parent: ApiObject) => boolean;
  /** Adds it when the controller has a finalize hook, removes it when not; the parent as it is then. */
  sync: (parent: ApiObject) => Promise<ApiObject>;
  remove: (parent: ApiObject) => Promise<ApiObject>;
  /** Whether children of a parent that is being deleted are managed: not while the garbage collector is at them. */
  shouldFinalize: (parent: ApiObject) => boolean;
};

const OF_GARBAGE_COLLECTOR = ['foregroundDeletion', 'orphan'];

const finalizersOf = (object: ApiObject): string[] => object.metadata.finalizers ?? [];

const withFinalizers = (object: ApiObject, finalizers: string[]): ApiObject => ({
  ...object,
  metadata: { ...object.metadata, finalizers },
});

export const createFinalizer = (controllerName: string, enabled: boolean, writer: Writer): Finalizer => {
  const name = `metacontroller.io/compositecontroller-${controllerName}`;
  const isOn = (parent: ApiObject): boolean => finalizersOf(parent).includes(name);

  const add = (parent: ApiObject): Promise<ApiObject> =>
    atomicUpdate(writer, parent, (fresh) =>
      isOn(fresh) ? undefined : withFinalizers(fresh, [...finalizersOf(fresh), name]),
    );
  const remove = (parent: ApiObject): Promise<ApiObject> =>
    atomicUpdate(writer, parent, (fresh) =>
      isOn(fresh)
        ? withFinalizers(
            fresh,
            finalizersOf(fresh).filter((other) => other !== name),
          )
        : undefined,
    );

  return {
    name,
    isOn,
    remove,
    sync: async (parent) => {
      if (isOn(parent) === enabled) return parent;
      if (!enabled) return remove(parent);
      return parent.metadata.deletionTimestamp === undefined ? add(parent) : parent;
    },
    shouldFinalize: (parent) =>
      enabled && isOn(parent) && !finalizersOf(parent).some((other) => OF_GARBAGE_COLLECTOR.includes(other)),
  };
};
