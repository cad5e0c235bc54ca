import { findMetacontroller } from '../../local/processes/environment.ts';
import { measureChanges, type Changed } from './changes.ts';
import { withCluster } from './cluster.ts';
import { createFleet, measureIdle, type Created, type Idle } from './create-fleet.ts';
import { measureFloor, type Floor } from './floor.ts';

export type FleetFigures = {
  databases: number;
  /** Whether EC2 limited how fast it is asked, as AWS does. */
  throttling: boolean;
  /** Whether the real one called the hooks, or the stand-in. */
  metacontroller: 'real' | 'stand-in';
  /** Undefined where it was left out. */
  floor: Floor | undefined;
  /** Of the time until all are Ready to the floor: of the round in the middle, whose other figures these are. */
  ratio: number | undefined;
  /** Of every round, the least first. */
  ratios: number[];
  created: Created;
  idle: Idle;
  changed: Changed | undefined;
};

export type FleetOptions = {
  databases: number;
  throttling: boolean;
  idleSeconds: number;
  /** Whether the fleet is changed, restarted and robbed of machines too, in the last round. */
  changes: boolean;
  rounds: number;
  /** Whether the floor is measured too; it takes about as long as the fleet. */
  floor: boolean;
};

type Round = Omit<FleetFigures, 'ratios'>;

/** The longest that anything may take for one database, and for each of a fleet beside it, in seconds. */
const PATIENCE = { base: 240, perDatabase: 3 };

/** So many rounds of one size; see FleetFigures. Throws when one does not come to its end in its time. */
export const measureFleet = async (options: FleetOptions): Promise<FleetFigures> => {
  const rounds: Round[] = [];
  for (let left = options.rounds; left > 0; left -= 1) {
    rounds.push(await measureRound({ ...options, changes: options.changes && left === 1 }));
  }
  const sorted = [...rounds].sort((a, b) => (a.ratio ?? 0) - (b.ratio ?? 0));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('--rounds is 1 or more');
  return {
    ...middle,
    ratios: sorted.map(({ ratio }) => ratio).filter((ratio) => ratio !== undefined),
    changed: rounds.at(-1)?.changed,
  };
};

/** A fleet of one size: the floor on one cluster of its own, the operator on another, one after the other. */
const measureRound = async (options: FleetOptions): Promise<Round> => {
  const { databases: count, throttling, idleSeconds, changes } = options;
  const seconds = PATIENCE.base + PATIENCE.perDatabase * count;
  const floor = options.floor
    ? await withCluster({ throttling, logsCalls: false }, (cluster) => measureFloor(cluster, { count, seconds }))
    : undefined;
  return withCluster({ throttling, logsCalls: true }, async (cluster) => {
    const created = await createFleet(cluster, { count, seconds, logsCalls: true });
    const idle = await measureIdle(cluster, count, idleSeconds);
    const changed = changes ? await measureChanges(cluster, { count, seconds }) : undefined;
    return {
      databases: count,
      throttling,
      metacontroller: findMetacontroller(process.env) === undefined ? 'stand-in' : 'real',
      floor,
      ratio: floor === undefined ? undefined : created.seconds / floor.seconds,
      created,
      idle,
      changed,
    };
  });
};
