import type { Compute } from '../questdbnode/ports.ts';
import type { Ec2Clients } from './client.ts';
import { describeInstance, readFleet, readOfferedTypes, terminateInstance } from './instances.ts';
import { launchInstance } from './launch.ts';
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
    describe: (instanceId) => describeInstance(clients.twice, instanceId),
    launch: (intent) => launchInstance(clients.once, intent),
    terminate: (instanceId) => terminateInstance(clients.twice, instanceId),
    offeredTypes,
  };
};
