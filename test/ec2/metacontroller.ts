import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { NODE } from '../../hooks/api/labels.ts';
import type { SyncRequest } from '../../hooks/metacontroller/contract.ts';
import { RetryLater } from '../../hooks/metacontroller/errors.ts';
import type { ApiServer } from './api-server.ts';
import type { Answer, HookProcess, Use } from './hook-process.ts';
import type { Interruption } from './interruption.ts';

/** What may go otherwise than well in one pass over one parent. */
export type Pass = {
  /** How many versions the cache is behind; 0 is the live object. */
  behind?: number;
  interruption?: Interruption<Use>;
  /** Metacontroller dies, or its connection does, before it hears the answer. */
  losesAnswer?: boolean;
  /** What happens between the answer and what Metacontroller does about it. */
  beforeApply?: () => Promise<void>;
};

/** What came of a pass; undefined when the cache had no such object. */
export type Outcome = { answer: Answer; request: SyncRequest<QuestDBNode> } | { error: Error } | undefined;

/** Metacontroller, as far as a hook without children can tell, in virtual time. */
export type Metacontroller = {
  requestFor: (parent: QuestDBNode) => SyncRequest<QuestDBNode>;
  /** Request from the cache, hook, and what is done with the answer. */
  pass: (name: string, pass?: Pass) => Promise<Outcome>;
  /** Status is replaced as a whole on a fresh read, whatever the request's age. */
  apply: (request: SyncRequest<QuestDBNode>, answer: Answer) => void;
  /** Something happened to an object: look at it after so many seconds at the latest. */
  wake: (name: string, afterSeconds: number) => void;
  /** The object to look at next, and in how many seconds. */
  next: () => { name: string; inSeconds: number } | undefined;
};

const RESYNC_SECONDS = 60;
const BACK_OFF_SECONDS = 2;

/** A Metacontroller that does nothing by itself: a test says when it looks at what. */
export const createMetacontroller = (api: ApiServer, hooks: HookProcess, now: () => Date): Metacontroller => {
  const due = new Map<string, number>();

  const wake = (name: string, afterSeconds: number): void => {
    due.set(name, Math.min(now().getTime() + afterSeconds * 1000, due.get(name) ?? Infinity));
  };

  const requestFor = (parent: QuestDBNode): SyncRequest<QuestDBNode> => {
    const joined = [...api.nodes].filter(([, node]) => node.metadata.labels?.[NODE] === parent.metadata.uid);
    return {
      parent,
      children: {},
      related: {
        'QuestDBNodeClass.questdb-fleet.dev/v1alpha1': api.nodeClass === undefined ? {} : { default: api.nodeClass },
        'Node.v1': Object.fromEntries(joined),
      },
      finalizing: parent.metadata.deletionTimestamp !== undefined,
    };
  };

  const apply = ({ parent }: SyncRequest<QuestDBNode>, { finalized, status }: Answer): void => {
    if (finalized === true) api.removeFinalizer(parent);
    api.writeStatus(parent, { ...(status as object), observedGeneration: parent.metadata.generation ?? 0 });
  };

  /** The finalizer is put on first, by a fresh read. */
  const parentOf = (name: string, behind: number): QuestDBNode | undefined => {
    const cached = behind === 0 ? api.read(name) : api.versions(name).at(-1 - behind);
    const { finalizers, deletionTimestamp } = cached?.metadata ?? {};
    if (cached === undefined || finalizers !== undefined || deletionTimestamp !== undefined) return cached;
    api.addFinalizer(cached);
    const fresh = api.read(name);
    return fresh?.metadata.uid === cached.metadata.uid ? fresh : undefined;
  };

  return {
    requestFor,
    apply,
    wake,
    next: () =>
      [...due]
        .filter(([name]) => api.read(name) !== undefined)
        .map(([name, at]) => ({ name, inSeconds: Math.max(0, at - now().getTime()) / 1000 }))
        .sort((a, b) => a.inSeconds - b.inSeconds)[0],
    pass: async (name, { behind = 0, interruption, losesAnswer, beforeApply } = {}) => {
      const parent = parentOf(name, behind);
      if (parent === undefined) return undefined;
      const request = requestFor(parent);
      due.set(name, now().getTime() + RESYNC_SECONDS * 1000);
      try {
        const answer = await hooks.call(request, interruption);
        await beforeApply?.();
        if (losesAnswer !== true) apply(request, answer);
        // An answer of 0 seconds asks for nothing.
        if (answer.resyncAfterSeconds) wake(name, answer.resyncAfterSeconds);
        return { answer, request };
      } catch (error) {
        wake(name, error instanceof RetryLater ? error.afterSeconds : BACK_OFF_SECONDS);
        return { error: error as Error };
      }
    },
  };
};
