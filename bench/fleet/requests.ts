import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../local/settings.ts';

type AuditEvent = {
  stage: string;
  verb: string;
  user: { username: string };
  objectRef?: { resource?: string; name?: string; subresource?: string };
};

/** How many requests, by who asked and for what, for example `metacontroller` and `update questdbs/status`. */
export type Requests = Record<'hooks' | 'metacontroller', Record<string, number>>;

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

const auditFile = ({ paths }: Settings): string => join(paths.logs, 'audit.jsonl');

/** Where the audit log ends now. */
export const auditOffset = (settings: Settings): number =>
  statSync(auditFile(settings), { throwIfNoEntry: false })?.size ?? 0;

/** The lines that were written since then: a fleet's log is long, and read often. */
const linesSince = (settings: Settings, offset: number): string[] => {
  const length = auditOffset(settings) - offset;
  if (length <= 0) return [];
  const file = openSync(auditFile(settings), 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, offset)).split('\n');
  } finally {
    closeSync(file);
  }
};

/** What the two parts of the operator asked the API server for since then. Watches and lists of caches count too. */
export const requestsSince = (settings: Settings, offset: number): Requests => {
  const requests: Requests = { hooks: {}, metacontroller: {} };
  for (const line of linesSince(settings, offset)) {
    if (!line.endsWith('}')) continue;
    const { stage, verb, user, objectRef } = JSON.parse(line) as AuditEvent;
    if (stage !== 'ResponseComplete') continue;
    const who = user.username.endsWith(':questdb-fleet-hooks') ? 'hooks' : 'metacontroller';
    const sub = objectRef?.subresource === undefined ? '' : `/${objectRef.subresource}`;
    const what = `${verb} ${objectRef?.resource ?? 'other'}${sub}`;
    requests[who][what] = (requests[who][what] ?? 0) + 1;
  }
  return requests;
};

export const totalOf = (requests: Requests, only: (what: string) => boolean = () => true): number =>
  Object.values(requests)
    .flatMap((counts) => Object.entries(counts))
    .filter(([what]) => only(what))
    .reduce((total, [, count]) => total + count, 0);

export const isWrite = (what: string): boolean => WRITES.includes(what.split(' ')[0] ?? '');
