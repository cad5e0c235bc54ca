import { measureChanges, type Changed } from './changes.ts';
import { withCluster } from './cluster.ts';
import { createFleet, measureIdle, type Created, type Idle } from './create-fleet.ts';
import { measureFloor, type Floor } from './floor.ts';

export type FleetFigures = {
  databases: number;
  /** Whether EC2 limited how fast it is asked, as AWS does. */
  throttling: boolean;
  floor: Floor;
  /** Of the time until all are Ready to the floor. */
  ratio: number;
  created: Created;
  idle: Idle;
  changed: Changed | undefined;
};

export type FleetOptions = {
  databases: number;
  throttling: boolean;
  idleSeconds: number;
  /** Whether the fleet is changed, restarted and robbed of machines too. */
  changes: boolean;
};

/** The longest that anything may take for one database, and for each of a fleet beside it, in seconds. */
const PATIENCE = { base: 240, perDatabase: 3 };

/** A fleet of one size: the floor on one cluster of its own, the operator on another, one after the other. */
export const measureFleet = async ({
  databases: count,
  throttling,
  idleSeconds,
  changes,
}: FleetOptions): Promise<FleetFigures> => {
  const seconds = PATIENCE.base + PATIENCE.perDatabase * count;
  const floor = await withCluster({ throttling, logsCalls: false }, (cluster) => measureFloor(cluster, count));
  return withCluster({ throttling, logsCalls: true }, async (cluster) => {
    const created = await createFleet(cluster, { count, seconds, logsCalls: true });
    const idle = await measureIdle(cluster, count, idleSeconds);
    const changed = changes ? await measureChanges(cluster, { count, seconds }) : undefined;
    return {
      databases: count,
      throttling,
      floor,
      ratio: created.seconds / floor.seconds,
      created,
      idle,
      changed,
    };
  });
};
