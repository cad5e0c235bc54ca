import type { ObjectMeta } from './object-meta.ts';

/** The object an event is about. */
export type EventSubject = { apiVersion: string; kind: string; metadata: ObjectMeta };

export type EventType = 'Normal' | 'Warning';

/**
 * Records an event on an object. The same subject, reason and message give the same event, so that a hook that is called twice tells
 * it once. Never fails: an event is for people, nothing depends on it.
 */
export type EventRecorder = (subject: EventSubject, type: EventType, reason: string, message: string) => Promise<void>;
