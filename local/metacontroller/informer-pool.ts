import type { ApiClient } from './api-client.ts';
import { startInformer, type Informer } from './informer.ts';
import type { Lag } from './lag.ts';
import type { Logger } from './logger.ts';
import { kindKeyOf, pathOf, type Resource } from './resource.ts';

/** A share of an informer; the informer ends when its last share is given back. */
export type InformerShare = { informer: Informer; release: () => void };

/** One informer a kind, however many controllers watch it. */
export type InformerPool = { share: (resource: Resource) => InformerShare; close: () => void };

export const createInformerPool = (options: { api: ApiClient; lag: Lag; log: Logger }): InformerPool => {
  const running = new Map<string, { informer: Informer; shares: number }>();

  const share = (resource: Resource): InformerShare => {
    const key = pathOf(resource);
    const entry = running.get(key) ?? {
      informer: startInformer({
        api: options.api,
        resource,
        lagMs: options.lag(kindKeyOf(resource)),
        log: options.log,
      }),
      shares: 0,
    };
    entry.shares += 1;
    running.set(key, entry);
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      entry.shares -= 1;
      if (entry.shares > 0) return;
      running.delete(key);
      entry.informer.stop();
    };
    return { informer: entry.informer, release };
  };

  return {
    share,
    close: () => {
      for (const { informer } of running.values()) informer.stop();
      running.clear();
    },
  };
};
