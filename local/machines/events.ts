import { randomUUID } from 'node:crypto';
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { asModel, identityOf } from './shape.ts';

/** Tells something about a pod, as an event. Never waits and never fails: events are best effort. */
export type EventRecorder = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

const MESSAGE_LIMIT = 1024;

/** Events about that pod from the kubelet of that Node; one that repeats the last of its reason is left out. */
export const eventRecorder = (api: Api, nodeName: string, pod: V1Pod): EventRecorder => {
  const { name, namespace, uid } = identityOf(pod);
  const last = new Map<string, string>();
  return (type, reason, message) => {
    if (last.get(reason) === message) return;
    last.set(reason, message);
    const now = new Date();
    const body = {
      metadata: { name: `${name}.${randomUUID().slice(0, 13)}`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
      type,
      reason,
      message: message.slice(0, MESSAGE_LIMIT),
      source: { component: 'kubelet', host: nodeName },
      reportingComponent: 'kubelet',
      reportingInstance: nodeName,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    api.core.createNamespacedEvent({ namespace, body: asModel<CoreV1Event>(body) }).catch(() => undefined);
  };
};
