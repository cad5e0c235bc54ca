import { shortHash } from '../api/names.ts';
import { rfc3339 } from '../api/conditions.ts';
import type { EventRecorder } from '../api/event.ts';
import type { KubeApi } from './kube-api.ts';
import { corePath } from './paths.ts';

const REPORTER = 'questdb-fleet';

/** Told of what could not be recorded. */
export type OnLost = (reason: string, error: unknown) => void;

/** Records events under a name made from what they say, so that saying it twice makes one. */
export const createRecorder =
  (api: KubeApi, now: () => Date, onLost: OnLost): EventRecorder =>
  async ({ apiVersion, kind, metadata }, type, reason, message) => {
    const namespace = metadata.namespace ?? 'default';
    const time = rfc3339(now());
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${metadata.name}.${shortHash([metadata.uid, reason, message])}`, namespace },
      involvedObject: { apiVersion, kind, namespace, name: metadata.name, uid: metadata.uid },
      type,
      reason,
      message: message.slice(0, 1024),
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      source: { component: REPORTER },
      reportingComponent: REPORTER,
    };
    try {
      await api.create(corePath(namespace, 'events'), event);
    } catch (error) {
      if ((error as { status?: number }).status !== 409) onLost(reason, error);
    }
  };
