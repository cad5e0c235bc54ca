import { DATABASE, isDeletionConfirmed, NAMESPACE as NAMESPACE_LABEL } from '../../hooks/api/labels.ts';
import { parseBytes } from '../../hooks/api/quantity.ts';
import type { Claim, PersistentVolume } from '../../hooks/questdbvolume/ports.ts';
import { ACTIONS } from '../../local/ec2/actions/table.ts';
import type { Effect } from '../../local/ec2/journal.ts';
import type { Fields } from '../../local/ec2/request.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import { ZONE } from './objects.ts';
import type { VolumeApi } from './volume-api.ts';

const GIB = 1024n ** 3n;

/** What the controllers of Kubernetes and the CSI sidecars do for volumes, one look at everything at a time. */
export type Controllers = {
  /** One round of all of them. `broken` hears of what the hook must never make them do. */
  round: (broken: (fault: string) => void) => void;
};

/** One call of the CSI driver: it has no part in the faults that the hooks meet. */
const call = (simulation: Simulation, name: string, fields: Fields): Effect[] => {
  const action = ACTIONS.get(name);
  if (action === undefined) throw new Error(`the simulated EC2 has no ${name}`);
  const effects: Effect[] = [];
  const context = simulation.present((effect) => effects.push(effect));
  action.run(context, fields);
  const time = new Date(context.now).toISOString();
  const ids = effects.map(({ id }) => id);
  simulation.journal.append({ time, action: name, caller: 'csi', ids, parameters: {}, outcome: 'ok', effects });
  return effects;
};

const requestOf = ({ spec }: Claim): bigint => parseBytes(spec?.resources?.requests?.storage ?? '0');
const capacityOf = ({ spec }: PersistentVolume): string => spec?.capacity?.storage ?? '0';
const handleOf = ({ spec }: PersistentVolume): string => spec?.csi?.volumeHandle ?? '';

const without = (finalizers: string[] | undefined, one: string): string[] =>
  (finalizers ?? []).filter((finalizer) => finalizer !== one);

export const createControllers = (api: VolumeApi, simulation: Simulation): Controllers => {
  const { claims, volumes } = api;
  const ebs = (id: string) => {
    simulation.present(() => undefined);
    return simulation.account.volumes[id];
  };
  const setClaim = (claim: Claim, status: NonNullable<Claim['status']>, spec = claim.spec): void =>
    void claims.change(claim, (live) => ({ ...live, ...(spec === undefined ? {} : { spec }), status }), false);
  const setPhase = (volume: PersistentVolume, phase: string): void =>
    void volumes.change(volume, (live) => ({ ...live, status: { phase } }), false);

  const provision = (claim: Claim): void => {
    const size = Number((requestOf(claim) + GIB - 1n) / GIB);
    const [created] = call(simulation, 'CreateVolume', {
      AvailabilityZone: ZONE,
      Size: String(size),
      VolumeType: 'gp3',
      TagSpecification: [
        {
          ResourceType: 'volume',
          Tag: [
            { Key: 'kubernetes.io/created-for/pvc/name', Value: claim.metadata.name },
            { Key: 'ebs.csi.aws.com/cluster', Value: 'true' },
          ],
        },
      ],
    });
    simulation.clock.advance(1);
    const name = `pvc-${claim.metadata.uid}`;
    volumes.create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, finalizers: ['pv-protection'] },
      spec: {
        accessModes: claim.spec?.accessModes ?? [],
        capacity: { storage: `${String(size)}Gi` },
        claimRef: { namespace: claim.metadata.namespace, name: claim.metadata.name, uid: claim.metadata.uid },
        csi: { driver: 'ebs.csi.aws.com', volumeHandle: created?.id ?? '' },
        persistentVolumeReclaimPolicy: api.storageClass.reclaimPolicy,
        storageClassName: 'questdb',
      },
      status: { phase: 'Bound' },
    });
    setClaim(
      claim,
      { phase: 'Bound', capacity: { storage: `${String(size)}Gi` } },
      { ...claim.spec, volumeName: name },
    );
  };

  const isMeantFor = ({ spec }: PersistentVolume, { metadata }: Claim): boolean => {
    const { name, uid } = spec?.claimRef ?? {};
    return name === undefined || (name === metadata.name && (uid === undefined || uid === metadata.uid));
  };
  const isUsed = ({ metadata }: Claim): boolean => [...api.pods.values()].includes(metadata.name);
  const isDying = ({ metadata }: Claim | PersistentVolume): boolean => metadata.deletionTimestamp !== undefined;

  const bindTo = (claim: Claim, volume: PersistentVolume): void => {
    const { namespace = '', name, uid } = claim.metadata;
    const bound = (live: PersistentVolume) => ({
      ...live,
      spec: { ...live.spec, claimRef: { namespace, name, uid } },
      status: { phase: 'Bound' },
    });
    volumes.change(volume, bound, false);
    setClaim(claim, { ...claim.status, phase: 'Bound', capacity: { storage: capacityOf(volume) } });
  };

  const bind = (claim: Claim): void => {
    const volumeName = claim.spec?.volumeName;
    if (volumeName === undefined) {
      if (isUsed(claim) && !isDying(claim)) provision(claim);
      return;
    }
    const volume = volumes.read(undefined, volumeName);
    const isBound = claim.status?.phase === 'Bound';
    if (volume !== undefined && isMeantFor(volume, claim)) {
      if (!isBound) bindTo(claim, volume);
    } else if (isBound) setClaim(claim, { ...claim.status, phase: 'Lost' });
  };

  const protect = (claim: Claim): void => {
    if (!isDying(claim) || isUsed(claim)) return;
    const metadata = { ...claim.metadata, finalizers: without(claim.metadata.finalizers, 'pvc-protection') };
    claims.change(claim, (live) => ({ ...live, metadata }), false);
  };

  const letGo = (volume: PersistentVolume): void =>
    void volumes.change(volume, (live) => ({ ...live, metadata: { ...live.metadata, finalizers: [] } }), false);

  /** csi-provisioner deletes what is behind it, then the object. */
  const destroy = (volume: PersistentVolume, broken: (fault: string) => void): void => {
    if (!isDeletionConfirmed(volume.metadata)) broken(`${volume.metadata.name} would be deleted unconfirmed`);
    const id = handleOf(volume);
    if (ebs(id) !== undefined) call(simulation, 'DeleteVolume', { VolumeId: id });
    letGo(volume);
    volumes.remove(volume);
  };

  const isHeld = ({ spec }: PersistentVolume): boolean => {
    const { name = '', namespace, uid } = spec?.claimRef ?? {};
    return uid === undefined || claims.read(namespace, name)?.metadata.uid === uid;
  };

  const reclaim = (volume: PersistentVolume, broken: (fault: string) => void): void => {
    if (isHeld(volume)) {
      if (isDying(volume) && volume.spec?.claimRef?.uid === undefined) letGo(volume);
      return;
    }
    if (volume.status?.phase !== 'Released') setPhase(volume, 'Released');
    if (isDying(volume)) letGo(volume);
    else if (volume.status?.phase === 'Released' && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') {
      destroy(volume, broken);
    }
  };

  /** csi-resizer: what counts is the capacity of the claim, not of the PersistentVolume (external-resizer, pvcNeedResize). */
  const expand = (claim: Claim, volume: PersistentVolume, broken: (fault: string) => void): void => {
    const size = ebs(handleOf(volume))?.size ?? 0;
    if (BigInt(size) * GIB < requestOf(claim)) {
      broken(`claim ${claim.metadata.name} asks for more than its EBS volume has`);
      return;
    }
    const storage = `${String(size)}Gi`;
    volumes.change(volume, (live) => ({ ...live, spec: { ...live.spec, capacity: { storage } } }), false);
    setClaim(claim, { ...claim.status, conditions: [{ type: 'FileSystemResizePending', status: 'True' }] });
  };

  /** The kubelet's part, where a pod has it mounted. */
  const growFileSystem = (claim: Claim, volume: PersistentVolume): void => {
    const { conditions: _pending, ...status } = claim.status ?? {};
    setClaim(claim, { ...status, capacity: { storage: capacityOf(volume) } });
  };

  const resize = (claim: Claim, broken: (fault: string) => void): void => {
    const volume = volumes.read(undefined, claim.spec?.volumeName ?? '');
    if (claim.status?.phase !== 'Bound' || volume === undefined) return;
    const isPending = claim.status.conditions !== undefined;
    if (isPending && isUsed(claim)) growFileSystem(claim, volume);
    else if (!isPending && requestOf(claim) > parseBytes(claim.status.capacity?.storage ?? '0')) {
      expand(claim, volume, broken);
    }
  };

  return {
    round: (broken) => {
      for (const claim of claims.list()) bind(claim);
      for (const claim of claims.list()) resize(claim, broken);
      for (const claim of claims.list()) protect(claim);
      for (const volume of volumes.list()) reclaim(volume, broken);
    },
  };
};

/** Whose data an EBS volume is, by what is written on it. */
export const ownerOf = (tags: Readonly<Record<string, string>>): string | undefined =>
  tags[NAMESPACE_LABEL] === undefined ? undefined : tags[DATABASE];
