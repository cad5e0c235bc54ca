import { RetryLater } from '../metacontroller/errors.ts';
import { confirmLeak, findLeaks, type Leak, type LeakLimits } from './leaks.ts';
import type { LeakPorts } from './ports.ts';

/** So that a mistake is seen before it is large, and retirements keep their part of EC2's request rate. */
const MOST_A_CHECK = 10;

/**
 * Looks once for instances that nobody owns, and reports them; where that is switched on it terminates those that hold no data. Throws
 * when a read fails, and then has neither reported nor done anything on half of what there is.
 */
export const checkForLeaks =
  (ports: LeakPorts) =>
  async (signal: AbortSignal): Promise<void> => {
    // In this order, so that the owner of an instance that was just launched is not missed.
    const fleet = await ports.compute.fleet();
    const owners = await ports.ownerUids();
    const leaks = findLeaks(fleet, owners, limitsOf(ports));
    ports.report.found(leaks);
    if (ports.collects) await collect(ports, leaks, signal);
    ports.report.succeeded();
  };

const limitsOf = ({ clusterName, ageSeconds, now }: LeakPorts): LeakLimits => ({ clusterName, ageSeconds, now: now() });

/** One instance that EC2 refuses to terminate does not keep the others; when EC2 asks for patience, all wait for the next check. */
const collect = async (ports: LeakPorts, leaks: readonly Leak[], signal: AbortSignal): Promise<void> => {
  const collectable = leaks.filter(({ reason }) => reason === 'OwnerGone').slice(0, MOST_A_CHECK);
  if (collectable.length === 0) return;
  const owners = await ports.ownerUids();
  const refusals: unknown[] = [];
  for (const leak of collectable) {
    if (signal.aborted) return;
    try {
      await terminateIfStillLeaked(ports, leak, owners);
    } catch (error) {
      if (error instanceof RetryLater) throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
};

const terminateIfStillLeaked = async (ports: LeakPorts, leak: Leak, owners: ReadonlySet<string>): Promise<void> => {
  const { compute, report } = ports;
  const instance = await compute.describe(leak.instance.instanceId);
  const confirmed = confirmLeak(leak, instance, owners, limitsOf(ports));
  if (confirmed === undefined) return;
  report.terminating(confirmed);
  await compute.terminate(confirmed.instance.instanceId);
  report.terminated(confirmed);
};
