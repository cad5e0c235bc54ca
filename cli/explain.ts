import type { Condition } from '../hooks/api/conditions.ts';
import type { QuestDB } from '../hooks/api/generated/questdb.ts';
import type { KubernetesObject } from '../hooks/metacontroller/contract.ts';
import type { Pod } from '../hooks/questdb/ports.ts';
import type { Stored } from './world.ts';

/** An event as the core API has it; which of its times is there depends on who wrote it. */
export type Event = {
  type?: string;
  reason?: string;
  message?: string;
  involvedObject: { kind?: string; name?: string };
  lastTimestamp?: string | null;
  eventTime?: string | null;
  metadata: { creationTimestamp?: string };
};

export type Story = Stored & { pod: Pod | undefined; events: readonly Event[]; now: Date };

const EVENTS_SHOWN = 10;
const WIDTH = 16;

/** A database on one screen: how it is, what it waits for, what it consists of, and what happened last. */
export const storyOf = ({ database, children, pod, events, now }: Story): string =>
  [
    headline(database),
    '',
    ...conditionsOf(database).map(conditionLine),
    '',
    row('endpoints', Object.values(database.status?.endpoints ?? {}).join('  ')),
    row('instance', objectOf(database.status?.node)),
    ...children.filter(({ kind }) => kind === 'QuestDBNode').map((node) => partLine('QuestDBNode', node)),
    row('volume', objectOf(database.status?.volume)),
    ...children.filter(({ kind }) => kind === 'QuestDBVolume').map((volume) => partLine('QuestDBVolume', volume)),
    row('pod', podStory(pod)),
    '',
    'last events',
    ...eventLines(events, now),
  ].join('\n');

const row = (name: string, text: string): string => `${name.padEnd(WIDTH)}${text === '' ? '-' : text}`;

const headline = ({ metadata, spec, status }: QuestDB): string => {
  const asked = status?.version === spec.version ? '' : `, ${spec.version} asked for`;
  return `QuestDB ${metadata.namespace ?? ''}/${metadata.name}  ${status?.version ?? 'no version has answered'}${asked}  ${spec.storage.size}`;
};

/** What a reader needs: whether it is Ready, and whatever else is not as it is on a quiet day. */
const conditionsOf = ({ status }: QuestDB): readonly Condition[] => {
  const conditions = status?.conditions ?? [];
  const ready = conditions.filter(({ type }) => type === 'Ready');
  return [...ready, ...conditions.filter((condition) => condition.type !== 'Ready' && isNews(condition))];
};

/** Of these True is what one hopes for; of all others, False. */
const HOPED_FOR = ['ConfigAccepted', 'NodeReady', 'VolumeReady', 'WriteHealthy'];

const isNews = ({ type, status, reason }: Condition): boolean =>
  HOPED_FOR.includes(type) ? status !== 'True' || reason === 'UnknownKeys' : status === 'True';

const conditionLine = ({ type, status, reason, message }: Condition): string =>
  row(type, `${status.padEnd(8)}${reason}: ${message}`);

const objectOf = (object: object | undefined): string =>
  Object.entries(object ?? {})
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ');

type WithConditions = KubernetesObject & { status?: { conditions?: Condition[] } };

const partLine = (kind: string, object: WithConditions): string => {
  const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
  const said = ready === undefined ? 'has not been looked at' : `${ready.reason}: ${ready.message}`;
  const going = object.metadata.deletionTimestamp === undefined ? '' : ' (being deleted)';
  return row(`  ${kind}`, `${object.metadata.name}${going}  ${said}`);
};

const podStory = (pod: Pod | undefined): string => {
  if (pod === undefined) return '';
  const [container] = pod.status?.containerStatuses ?? [];
  const restarts = container?.restartCount ?? 0;
  const ready = container?.ready === true ? 'ready' : 'not ready';
  return `${pod.metadata.name} on ${pod.spec?.nodeName ?? 'no Node yet'}, ${pod.status?.phase ?? 'no phase'}, ${ready}, ${restarts} restarts`;
};

const timeOf = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

const eventLines = (events: readonly Event[], now: Date): string[] => {
  const last = events.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)).slice(-EVENTS_SHOWN);
  return last.length === 0 ? ['  (none)'] : last.map((event) => eventLine(event, now));
};

const eventLine = (event: Event, now: Date): string => {
  const { kind = '', name = '' } = event.involvedObject;
  const mark = event.type === 'Warning' ? '!' : ' ';
  return `${mark} ${ageOf(timeOf(event), now).padStart(5)}  ${kind}/${name}  ${event.reason ?? ''}: ${event.message ?? ''}`;
};

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** As kubectl writes it: the largest unit alone. */
const ageOf = (time: string, now: Date): string => {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 1000));
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? ['s', 1];
  return Number.isNaN(seconds) ? '?' : `${Math.floor(seconds / length)}${unit}`;
};
