import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import { DATABASE } from '../../hooks/api/labels.ts';
import { claimName } from '../../hooks/api/names.ts';
import type { Claim, PersistentVolume, VolumeCluster } from '../../hooks/questdbvolume/ports.ts';
import { runCommand } from '../../local/ec2/commands/table.ts';
import { violationsIn } from '../../local/ec2/invariants.ts';
import type { JournalEntry } from '../../local/ec2/journal.ts';
import type { VolumeSpec } from '../../local/ec2/model.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import type { VolumeApi } from './volume-api.ts';
import { ownerOf } from './volume-controllers.ts';

export type VolumeLaws = {
  /** The cluster, with an eye on what the hook asks of it. */
  watching: (cluster: VolumeCluster) => VolumeCluster;
  note: (fault: string) => void;
  /** Looks at everything; called after every step. */
  look: () => void;
  allowDeletion: (database: QuestDB) => void;
  command: (name: string, body: Record<string, unknown>) => void;
  broken: () => string[];
};

/** What must never happen to data, whatever else does. */
export const createVolumeLaws = (api: VolumeApi, simulation: Simulation): VolumeLaws => {
  const faults = new Set<string>();
  /** Every EBS volume that ever was a database's, by whose it was last. */
  const belongs = new Map<string, string>();
  const allowed = new Set<string>();
  const ebs = () => {
    simulation.present(() => undefined);
    return simulation.account.volumes;
  };
  const handleOf = (claim: Claim): string | undefined =>
    api.volumes.read(undefined, claim.spec?.volumeName ?? '')?.spec?.csi?.volumeHandle;

  const isNamed = (volume: PersistentVolume, database: string): boolean =>
    volume.metadata.labels?.[DATABASE] === database || volume.spec?.claimRef?.name === claimName(database);

  /** Whether anything still says that this volume is the database's. */
  const isFindable = (id: string, database: string): boolean =>
    ownerOf(ebs()[id]?.tags ?? {}) === database ||
    api.volumes.list().some((volume) => volume.spec?.csi?.volumeHandle === id && isNamed(volume, database));

  const onCreate = (claim: Parameters<VolumeCluster['createClaim']>[0]): void => {
    const database = claim.metadata?.labels?.[DATABASE] ?? '';
    if (claim.spec?.volumeName !== undefined) return;
    for (const [id, owner] of belongs) {
      if (owner === database && ebs()[id] !== undefined && isFindable(id, database)) {
        faults.add(`a blank claim for ${database}, whose data is on ${id}`);
      }
    }
  };

  /** Nothing is made for a QuestDBVolume that is gone or on its way out. */
  const mustLive = (what: string, database: string | undefined): void => {
    const parent = api.parents.list().find(({ spec }) => spec.databaseName === database);
    if (parent?.metadata.deletionTimestamp !== undefined || parent === undefined) faults.add(`${what} for nobody`);
  };

  const onDelete = (claim: Claim): void => {
    const { name } = claim.metadata;
    const id = handleOf(claim);
    if (id === undefined || !allowed.has(id)) faults.add(`claim ${name} deleted, which nobody asked for`);
    if ([...api.pods.values()].includes(name)) faults.add(`claim ${name} deleted under its pod`);
  };

  return {
    watching: (cluster) => ({
      ...cluster,
      createClaim: (claim) => {
        mustLive('a claim is made', claim.metadata?.labels?.[DATABASE]);
        onCreate(claim);
        return cluster.createClaim(claim);
      },
      createPersistentVolume: (volume) => {
        mustLive('a PersistentVolume is made', volume.metadata?.labels?.[DATABASE]);
        return cluster.createPersistentVolume(volume);
      },
      growClaim: (claim, size) => {
        mustLive('a claim grows', claim.metadata.labels?.[DATABASE]);
        return cluster.growClaim(claim, size);
      },
      deleteClaim: (claim) => {
        onDelete(claim);
        return cluster.deleteClaim(claim);
      },
    }),
    note: (fault) => void faults.add(fault),
    look: () => {
      for (const claim of api.claims.list()) {
        const [id, database] = [handleOf(claim), claim.metadata.labels?.[DATABASE]];
        if (id !== undefined && database !== undefined && claim.status?.phase === 'Bound') belongs.set(id, database);
      }
      for (const id of belongs.keys()) {
        if (ebs()[id] === undefined && !allowed.has(id)) faults.add(`${id} is lost, and nobody asked for that`);
      }
    },
    allowDeletion: ({ metadata }) => {
      for (const [id, database] of belongs) if (database === metadata.name) allowed.add(id);
    },
    command: (name, body) => void runCommand(simulation, name, body),
    broken: () => {
      const { journal, settings } = simulation;
      const isHidden = settings.modificationVisibilityDelaySeconds > 0;
      return [...faults, ...violationsIn(journal.entries), ...(isHidden ? [] : askedAgainIn(journal.entries))];
    },
  };
};

/** Calls that EC2 refused because the very change they ask for was under way, and could be seen. */
const askedAgainIn = (entries: readonly JournalEntry[]): string[] => {
  const targets = new Map<string, VolumeSpec>();
  const faults: string[] = [];
  for (const { action, outcome, parameters, effects } of entries) {
    for (const effect of effects) if (effect.effect === 'volume-modified') targets.set(effect.id, effect.to);
    const id = String(parameters.VolumeId);
    const isSame =
      targets.get(id)?.size === Number(parameters.Size) && !('Iops' in parameters || 'Throughput' in parameters);
    if (action === 'ModifyVolume' && outcome === 'IncorrectModificationState' && isSame)
      faults.push(`${id} was asked for again`);
  }
  return faults;
};
