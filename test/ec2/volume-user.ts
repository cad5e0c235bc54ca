import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import { CONFIRM_DELETE, DATABASE, NAMESPACE as NAMESPACE_LABEL } from '../../hooks/api/labels.ts';
import { parseBytes } from '../../hooks/api/quantity.ts';
import { NAMESPACE } from './objects.ts';
import { inNamespace, withMetadata } from './volume-api.ts';
import type { Event, Name } from './volume-steps.ts';
import { ownClaim, startPod, type VolumeWorld } from './volume-world.ts';

const otherOf = (mine: Name): Name => (mine === 'orders' ? 'quotes' : 'orders');

const volumeIdOf = ({ api }: VolumeWorld, database: Name): string | undefined =>
  api.parents.read(NAMESPACE, database)?.status?.volumeId ??
  api.databases.read(NAMESPACE, database)?.status?.volume?.volumeId;

const sourceOf = (world: VolumeWorld, mine: Name, from: string): QuestDB['spec']['storage']['from'] => {
  const other = otherOf(mine);
  if (from === 'the claim of the other') return { claimName: ownClaim(other) };
  const volumes = Object.values(world.simulation.account.volumes).filter(({ tags }) => tags[DATABASE] === other);
  const volumeHandle = volumeIdOf(world, other) ?? volumes[0]?.id;
  return from === 'nothing' || volumeHandle === undefined ? undefined : { volumeHandle };
};

export const create = (world: VolumeWorld, mine: Name, from: string): void => {
  const { databases } = world.api;
  if (databases.read(NAMESPACE, mine) !== undefined) return;
  const source = sourceOf(world, mine, from);
  databases.create({
    apiVersion: 'questdb-fleet.dev/v1alpha1',
    kind: 'QuestDB',
    metadata: { ...inNamespace(mine), finalizers: ['metacontroller.io/compositecontroller-questdb'] },
    spec: {
      version: '9.3.4',
      storage: {
        size: '10Gi',
        storageClassName: 'questdb',
        deletionPolicy: 'Retain',
        existing: 'Adopt',
        ...(source === undefined ? {} : { from: source }),
      },
    },
  });
};

const isDeleting = ({ metadata, spec }: QuestDB): boolean =>
  spec.storage.deletionPolicy === 'Delete' && metadata.annotations?.[CONFIRM_DELETE] === metadata.name;

export const remove = (world: VolumeWorld, mine: Name, data: string): void => {
  const { databases } = world.api;
  const database = databases.read(NAMESPACE, mine);
  if (database === undefined || database.metadata.deletionTimestamp !== undefined) return;
  const storage = {
    ...database.spec.storage,
    ...(data.startsWith('kept') ? {} : { deletionPolicy: 'Delete' as const }),
  };
  const annotations = data.endsWith('confirmed') && data !== 'unconfirmed' ? { [CONFIRM_DELETE]: mine } : {};
  const marking = (live: QuestDB) => withMetadata({ ...live, spec: { ...live.spec, storage } }, { annotations });
  const marked = databases.change(database, marking);
  if (marked === undefined) return;
  if (isDeleting(marked)) world.allowDeletion(marked);
  databases.remove(marked);
};

/** As admission has it: never less than before, but for what the volume has. */
const wish = ({ api }: VolumeWorld, { name: mine, size, iops, throughput }: Extract<Event, { do: 'wish' }>): void => {
  const [database, parent] = [api.databases.read(NAMESPACE, mine), api.parents.read(NAMESPACE, mine)];
  if (database === undefined || parent === undefined || parent.metadata.deletionTimestamp !== undefined) return;
  const isLess = parseBytes(size) < parseBytes(parent.spec.size);
  if (isLess && (parent.status?.size === undefined || parseBytes(size) < parseBytes(parent.status.size))) return;
  const speed = { ...(iops === undefined ? {} : { iops }), ...(throughput === undefined ? {} : { throughput }) };
  const { iops: _iops, throughput: _throughput, ...storage } = database.spec.storage;
  api.databases.change(database, (live) => ({
    ...live,
    spec: { ...live.spec, storage: { ...storage, size, ...speed } },
  }));
  const { iops: _before, throughput: _too, ...spec } = parent.spec;
  const generation = (parent.metadata.generation ?? 1) + 1;
  api.parents.change(parent, (live) => ({
    ...live,
    metadata: { ...live.metadata, generation },
    spec: { ...spec, size, ...speed },
  }));
};

/** Of a database that is gone: but for the EBS volume. */
export const removeAllThatIsLeft = ({ databases, claims, volumes }: VolumeWorld['api'], mine: Name): void => {
  if (databases.read(NAMESPACE, mine) !== undefined) return;
  for (const claim of claims.list().filter(({ metadata }) => metadata.labels?.[DATABASE] === mine)) {
    claims.remove(claim);
    claims.change(claim, (live) => ({ ...live, metadata: { ...live.metadata, finalizers: [] } }), false);
  }
  for (const volume of volumes.list().filter(({ metadata }) => metadata.labels?.[DATABASE] === mine)) {
    volumes.remove(volume);
    volumes.change(volume, (live) => ({ ...live, metadata: { ...live.metadata, finalizers: [] } }), false);
  }
};

const removeByHand = (world: VolumeWorld, mine: Name, what: string): void => {
  const { claims, parents } = world.api;
  const parent = parents.read(NAMESPACE, mine);
  const claim = claims.read(NAMESPACE, parent?.status?.claimName ?? ownClaim(mine));
  if (what === 'all that is left') removeAllThatIsLeft(world.api, mine);
  else if (what === 'claim' && claim !== undefined) claims.remove(claim);
  else if (what === 'questdbvolume' && parent !== undefined) parents.remove(parent);
  else if (what.startsWith('volume')) removeVolume(world.api, mine, what);
};

const removeVolume = ({ claims, volumes }: VolumeWorld['api'], mine: Name, what: string): void => {
  const names = claims.list().filter(({ metadata }) => metadata.labels?.[DATABASE] === mine);
  const isItsOwn = ({ metadata }: { metadata: { name: string; labels?: Record<string, string> } }): boolean =>
    metadata.labels?.[DATABASE] === mine || names.some(({ spec }) => spec?.volumeName === metadata.name);
  const volume = volumes.list().find(isItsOwn);
  if (volume === undefined) return;
  volumes.remove(volume);
  if (what === 'volume') return;
  volumes.change(volume, (live) => ({ ...live, metadata: { ...live.metadata, finalizers: [] } }), false);
};

/** Of a volume that a claim holds: else nothing could tell any more whose it is. */
const takeTagsOff = (world: VolumeWorld, mine: Name): void => {
  const id = volumeIdOf(world, mine) ?? '';
  const volume = world.simulation.account.volumes[id];
  const isHeld = world.api.volumes
    .list()
    .some(({ spec, metadata }) => spec?.csi?.volumeHandle === id && metadata.labels?.[DATABASE] === mine);
  if (volume === undefined || !isHeld) return;
  const { [DATABASE]: _database, [NAMESPACE_LABEL]: _namespace, ...tags } = volume.tags;
  volume.tags = tags;
};

/** What a user, EC2 or chance does. */
export const happen = (world: VolumeWorld, event: Event): void => {
  const { api } = world;
  switch (event.do) {
    case 'create':
      create(world, event.name, event.from);
      return;
    case 'delete':
      remove(world, event.name, event.data);
      return;
    case 'wish':
      wish(world, event);
      return;
    case 'delete by hand':
      removeByHand(world, event.name, event.what);
      return;
    case 'take tags off':
      takeTagsOff(world, event.name);
      return;
    case 'pod':
      if (event.runs) startPod(world, event.name);
      else api.pods.delete(event.name);
      return;
    case 'fault':
      world.command('fail', { action: event.action, when: event.when, code: event.code, times: event.times });
      return;
    case 'fail modification': {
      const id = volumeIdOf(world, event.name);
      if (id !== undefined && world.simulation.account.volumes[id] !== undefined)
        world.command('fail-modification', { id });
      return;
    }
    case 'advance':
      world.advance(event.seconds);
      return;
    case 'round':
      world.round();
      return;
    case 'restart':
      world.restart();
      return;
  }
};
