import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { ownerOf, type Leak, type LeakReason } from './leaks.ts';
import type { LeakReport } from './ports.ts';

const FINDINGS: Readonly<Record<LeakReason, string>> = {
  OwnerGone: 'the QuestDBNode that this instance was launched for is gone',
  VolumeAttached:
    'the QuestDBNode that this instance was launched for is gone; it is left alone, for a data volume is attached to it',
  NoOwner: 'this instance carries the tag of the fleet and none that says whose it is; it is left alone',
};

const REASONS = Object.keys(FINDINGS) as LeakReason[];

/** Tells the log what is new, and the metrics how it stands. */
export const createLeakReport = (log: Logger, registry: Registry): LeakReport => {
  const metrics = createMetrics(registry);
  let known = new Map<string, string>();
  let lastFailure: string | undefined;
  return {
    found: (leaks) => {
      for (const reason of REASONS)
        metrics.leaked.set({ reason }, leaks.filter((leak) => leak.reason === reason).length);
      const before = known;
      known = new Map(leaks.map((leak) => [leak.instance.instanceId, JSON.stringify(fieldsOf(leak))]));
      for (const leak of leaks)
        if (known.get(leak.instance.instanceId) !== before.get(leak.instance.instanceId))
          log.warn(fieldsOf(leak), FINDINGS[leak.reason]);
      for (const instanceId of before.keys())
        if (!known.has(instanceId)) log.info({ instanceId }, 'this instance is no longer one that nobody owns');
    },
    terminating: (leak) => log.warn(fieldsOf(leak), 'terminating an instance whose QuestDBNode is gone'),
    terminated: () => metrics.collected.inc(),
    succeeded: () => {
      metrics.checks.inc({ outcome: 'ok' });
      if (lastFailure !== undefined) log.info('the check for instances that nobody owns works again');
      lastFailure = undefined;
    },
    failed: (error) => {
      metrics.checks.inc({ outcome: 'failed' });
      const failure = String(error);
      if (failure !== lastFailure) log.error({ err: error }, 'the check for instances that nobody owns failed');
      lastFailure = failure;
    },
  };
};

const fieldsOf = ({ instance, reason }: Leak) => ({
  instanceId: instance.instanceId,
  reason,
  ownerUid: ownerOf(instance),
  // Namespace and name of the QuestDBNode, as the launch wrote them.
  instanceName: instance.tags.Name,
  launchTime: instance.launchTime,
  dataVolumeIds: instance.dataVolumeIds,
});

const createMetrics = (registry: Registry) => {
  const registers = [registry];
  return {
    leaked: new Gauge({
      name: 'questdb_fleet_leaked_instances',
      help: 'Instances of the fleet that nobody owns, by reason, as the last check that succeeded found them.',
      labelNames: ['reason'],
      registers,
    }),
    collected: new Counter({
      name: 'questdb_fleet_leaks_collected_total',
      help: 'Instances that were terminated because their QuestDBNode is gone.',
      registers,
    }),
    checks: new Counter({
      name: 'questdb_fleet_leak_checks_total',
      help: 'Checks for instances that nobody owns, by outcome: ok or failed.',
      labelNames: ['outcome'],
      registers,
    }),
  };
};
