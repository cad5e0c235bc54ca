import type { Compute, ImageQuery } from '../questdbnode/ports.ts';
import type { Ec2Clients } from './client.ts';
import { readImage } from './images.ts';
import { startInstance, stopInstance, terminateInstance } from './instance-state.ts';
import { readImpaired } from './instance-status.ts';
import { readInstanceType } from './instance-types.ts';
import { describeInstance, readFleet } from './instances.ts';
import { launchInstance } from './launch.ts';
import { readOfferedTypes } from './offerings.ts';
import { sharedReading } from '../shared-reading.ts';
import { sharedReadings } from './shared-readings.ts';
import { createTags } from './tags.ts';

export type AwsOptions = {
  clients: Ec2Clients;
  /** The value of the fleet's tag on everything it owns. */
  clusterName: string;
  snapshotMaxAgeSeconds: number;
  now: () => Date;
};

/** What a zone offers, and what a type is, changes with AWS' releases, not with ours. */
const TYPES_MAX_AGE_SECONDS = 3600;

/** A new image may wait as long until it is taken. */
const IMAGES_MAX_AGE_SECONDS = 300;

/** EC2 runs its status checks each minute; a machine is given minutes before something is done to it. */
const IMPAIRED_MAX_AGE_IN_SNAPSHOTS = 3;

/** EC2's side of the QuestDBNode hook. */
export const createCompute = ({ clients, clusterName, snapshotMaxAgeSeconds, now }: AwsOptions): Compute => ({
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
  tag: (instanceId, tags) => createTags(clients.twice, instanceId, tags),
  offeredTypes: sharedReadings({
    read: (zone: string) => readOfferedTypes(clients.twice, zone),
    maxAgeSeconds: TYPES_MAX_AGE_SECONDS,
    now,
  }),
  instanceType: sharedReadings({
    read: (name: string) => readInstanceType(clients.twice, name),
    maxAgeSeconds: TYPES_MAX_AGE_SECONDS,
    now,
  }),
  image: sharedReadings({
    read: (query: ImageQuery) => readImage(clients.twice, query),
    maxAgeSeconds: IMAGES_MAX_AGE_SECONDS,
    now,
  }),
});
