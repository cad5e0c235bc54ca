import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../figures.ts';
import { callsUntilReady, countersOf, difference } from './calls.ts';
import type { BenchCluster } from './cluster.ts';
import { create, untilReady } from './fleet.ts';
import { auditOffset, isWrite, requestsSince, totalOf, type Requests } from './requests.ts';
import { cpuSecondsOf, usageOf, usedBetween, type UsageByPart } from './usage.ts';

export type Created = {
  seconds: number;
  /** From the creation of a database to its Ready, in seconds. */
  perDatabase: { p50: number; p99: number };
  callsUntilReady: { least: number; median: number; most: number } | undefined;
  hookCalls: Record<string, number>;
  ec2Calls: Record<string, number>;
  requests: Requests;
  requestsPerDatabase: number;
  writesPerDatabase: number;
  usage: UsageByPart;
};

const HOOK_CALLS = ['questdb_fleet_hook_requests_total', 'hook'] as const;
const EC2_CALLS = ['questdb_fleet_ec2_requests_total', 'operation'] as const;

export type CreateOptions = { count: number; seconds: number; logsCalls: boolean };

/** Creates so many databases at once, and measures until all are Ready. */
export const createFleet = async (
  { api, settings }: BenchCluster,
  { count, seconds, logsCalls }: CreateOptions,
): Promise<Created> => {
  const before = {
    usage: usageOf(settings),
    audit: auditOffset(settings),
    hooks: await countersOf(settings, ...HOOK_CALLS),
    ec2: await countersOf(settings, ...EC2_CALLS),
  };
  const times = await untilReady(api, { count, seconds }, (own) => create(api, count, own));
  const requests = requestsSince(settings, before.audit);
  const took = [...times.readyAt].map(([name, ready]) => (ready - (times.createdAt.get(name) ?? ready)) / 1000);
  return {
    seconds: times.seconds,
    perDatabase: { p50: percentile(took, 0.5), p99: percentile(took, 0.99) },
    callsUntilReady: logsCalls ? callsUntilReady(settings, times.readyAt) : undefined,
    hookCalls: difference(before.hooks, await countersOf(settings, ...HOOK_CALLS)),
    ec2Calls: difference(before.ec2, await countersOf(settings, ...EC2_CALLS)),
    requests,
    requestsPerDatabase: totalOf(requests) / count,
    writesPerDatabase: totalOf(requests, isWrite) / count,
    usage: usedBetween(before.usage, usageOf(settings)),
  };
};

export type Idle = {
  seconds: number;
  hookCalls: Record<string, number>;
  ec2Calls: Record<string, number>;
  requestsPerDatabaseAndHour: number;
  writes: Record<string, number>;
  cpuSecondsPerDatabaseAndHour: { hooks: number; metacontroller: number };
};

/** How long a fleet is waited for that has just become Ready; what it writes later is told. */
const SETTLING = { base: 120, perDatabase: 0.3 };

/** Waits until nothing is written any more, then looks on for so many seconds. */
export const measureIdle = async ({ settings }: BenchCluster, count: number, seconds: number): Promise<Idle> => {
  await untilQuiet(settings, SETTLING.base + SETTLING.perDatabase * count);
  const [usage, offset] = [usageOf(settings), auditOffset(settings)];
  const [hooks, ec2] = [await countersOf(settings, ...HOOK_CALLS), await countersOf(settings, ...EC2_CALLS)];
  await sleep(seconds * 1000);
  const requests = requestsSince(settings, offset);
  const used = usedBetween(usage, usageOf(settings));
  const perDatabaseAndHour = (value: number): number => (value / count) * (3600 / seconds);
  return {
    seconds,
    hookCalls: difference(hooks, await countersOf(settings, ...HOOK_CALLS)),
    ec2Calls: difference(ec2, await countersOf(settings, ...EC2_CALLS)),
    requestsPerDatabaseAndHour: perDatabaseAndHour(totalOf(requests)),
    writes: Object.fromEntries(
      Object.values(requests)
        .flatMap((counts) => Object.entries(counts))
        .filter(([what]) => isWrite(what)),
    ),
    cpuSecondsPerDatabaseAndHour: {
      hooks: perDatabaseAndHour(cpuSecondsOf(used, 'hooks')),
      metacontroller: perDatabaseAndHour(cpuSecondsOf(used, 'metacontroller')),
    },
  };
};

const QUIET_SECONDS = 5;

/** Until five seconds have gone by without a write; how long that took, in seconds. Undefined when it takes longer than is given. */
export const untilQuiet = async (settings: BenchCluster['settings'], within: number): Promise<number | undefined> => {
  const begin = Date.now();
  for (;;) {
    const offset = auditOffset(settings);
    const since = Date.now();
    await sleep(QUIET_SECONDS * 1000);
    if (totalOf(requestsSince(settings, offset), isWrite) === 0) return (since - begin) / 1000;
    if (Date.now() - begin > within * 1000) return undefined;
  }
};
