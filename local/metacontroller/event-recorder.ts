import type { ApiClient } from './api-client.ts';
import type { ApiObject } from './api-object.ts';
import type { Logger } from './logger.ts';
import { messageOf } from './fault.ts';

/** Writes Events about objects, never more than a reader can use and never as a reason to fail. */
export type EventRecorder = (about: ApiObject, type: 'Normal' | 'Warning', reason: string, message: string) => void;

type Recorded = { path: string; count: number };
type Budget = { tokens: number; at: number };

const BURST = 25;
const SECONDS_A_TOKEN = 300;
const REMEMBERED = 4096;

const referenceTo = ({ apiVersion, kind, metadata }: ApiObject) => ({
  apiVersion,
  kind,
  name: metadata.name,
  namespace: metadata.namespace,
  uid: metadata.uid,
  resourceVersion: metadata.resourceVersion,
});

/** Records as `metacontroller` does: the same event again raises its count; 25 an object, then one in five minutes. */
export const createEventRecorder = (api: ApiClient, log: Logger): EventRecorder => {
  const recorded = new Map<string, Recorded>();
  const budgets = new Map<string, Budget>();
  let writes = Promise.resolve();

  const spend = (uid: string): boolean => {
    const now = Date.now();
    const before = budgets.get(uid) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, before.tokens + (now - before.at) / 1000 / SECONDS_A_TOKEN);
    budgets.set(uid, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  };

  const again = (known: Recorded): Promise<unknown> => {
    known.count += 1;
    const body = { count: known.count, lastTimestamp: new Date().toISOString() };
    return api.call({ method: 'PATCH', path: known.path, body, contentType: 'application/merge-patch+json' });
  };

  const first = async (key: string, about: ApiObject, fields: Record<string, string>): Promise<void> => {
    const namespace = about.metadata.namespace ?? 'default';
    const name = `${about.metadata.name}.${process.hrtime.bigint().toString(16)}`;
    const now = new Date().toISOString();
    const body = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: referenceTo(about),
      ...fields,
      source: { component: 'metacontroller' },
      reportingComponent: 'metacontroller',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    const path = `/api/v1/namespaces/${namespace}/events`;
    await api.call({ method: 'POST', path, body });
    if (recorded.size >= REMEMBERED) recorded.clear();
    recorded.set(key, { path: `${path}/${name}`, count: 1 });
  };

  return (about, type, reason, message) => {
    if (!spend(about.metadata.uid)) return;
    const key = [about.metadata.uid, type, reason, message].join('\n');
    writes = writes
      .then(async () => {
        const known = recorded.get(key);
        if (known === undefined) await first(key, about, { type, reason, message });
        else await again(known);
      })
      .catch((error: unknown) => {
        recorded.delete(key);
        log.warn({ object: about.metadata.name, err: messageOf(error) }, 'cannot record an event');
      });
  };
};
