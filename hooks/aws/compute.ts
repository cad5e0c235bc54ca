import type { Compute } from '../questdbnode/ports.ts';
import type { Ec2Clients } from './client.ts';
import { startInstance, stopInstance, terminateInstance } from './instance-state.ts';
import { readImpaired } from './instance-status.ts';
import { describeInstance, readFleet } from './instances.ts';
import { launchInstance } from './launch.ts';
import { readOfferedTypes } from './offerings.ts';
import { sharedReading, type SharedReading } from './shared-reading.ts';

export type AwsOptions = {
  clients: Ec2Clients;
  /** The value of the fleet's tag on everything it owns. */
  clusterName: string;
  snapshotMaxAgeSeconds: number;
  now: () => Date;
};

/** What a zone offers changes with AWS' releases, not with ours. */
const OFFERINGS_MAX_AGE_SECONDS = 3600;

/** EC2 runs its status checks each minute; a machine is given minutes before something is done to it. */
const IMPAIRED_MAX_AGE_IN_SNAPSHOTS = 3;

/** EC2's side of the QuestDBNode hook. */
export const createCompute = ({ clients, clusterName, snapshotMaxAgeSeconds, now }: AwsOptions): Compute => {
  const offerings = new Map<string, SharedReading<readonly string[]>>();
  const offeredTypes = (zone: string): Promise<readonly string[]> => {
    const known = offerings.get(zone);
    const read = () => readOfferedTypes(clients.twice, zone);
    const reading = known ?? sharedReading({ read, maxAgeSeconds: OFFERINGS_MAX_AGE_SECONDS, now });
    offerings.set(zone, reading);
    return reading();
  };
  return {
    fleet: sharedReading({
      read: () => readFleet(clients.twice, clusterName),
      maxAgeSeconds: snapshotMaxAgeSeconds,
      now,
    }),
    impaired: sharedReading({
      read: () => readImpaired(clients.twice, now()),
      maxAgeSeconds: snapshotMaxAgeSeconds * IMPAIRED_MAX_AGE_IN_SNAPSHOTS,
      now,
    }),
    describe: (instanceId) => describeInstance(clients.twice, instanceId),
    launch: (intent) => launchInstance(clients.once, intent),
    start: (instanceId) => startInstance(clients.once, instanceId),
    stop: (instanceId, options) => stopInstance(clients.twice, instanceId, options),
    terminate: (instanceId) => terminateInstance(clients.twice, instanceId),
    offeredTypes,
  };
};
