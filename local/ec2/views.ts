import { freeAddresses } from './addresses.ts';
import { freeSlots } from './capacity.ts';
import { CAPACITY_RESERVATIONS, instanceTypeNamed, SUBNETS } from './catalog.ts';
import type { Context } from './context.ts';
import type { Instance, Snapshot, Volume } from './model.ts';
import type { Simulation } from './simulation.ts';

/** An instance as its kubelet needs it: what it is, and what is plugged into it. */
export type Machine = {
  instanceId: string;
  instanceType: string;
  vcpus: number;
  memoryMiB: number;
  architecture: string;
  zone: string;
  state: string;
  /** Its processes run: also while it is stuck in stopping. */
  hasPower: boolean;
  /** Packets reach it and leave it. */
  hasNetwork: boolean;
  privateIpAddress: string;
  privateDnsName: string;
  /** `none`: a machine of the local cluster itself, which nobody boots. */
  bootAs: 'process' | 'kwok' | 'none';
  attachedVolumes: { volumeId: string; device: string }[];
};

/** The worst case of a stop that hangs: the machine has not noticed it. */
const hasPower = ({ state, stuck }: Instance): boolean =>
  state === 'running' || (state === 'stopping' && stuck === true);

const hasNetwork = ({ state, impairment, isolated }: Instance): boolean =>
  state === 'running' && impairment === undefined && isolated !== true;

/** Every instance that is not terminated, visible or not. A volume is plugged in from `attached` until it is detached. */
export const machinesView = (simulation: Simulation): Machine[] => {
  const { account } = simulation.present(() => undefined);
  const plugged = Map.groupBy(Object.values(account.volumes), ({ attachment }) => attachment?.instanceId);
  return Object.values(account.instances)
    .filter((instance) => instance.state !== 'terminated')
    .map((instance) => ({
      instanceId: instance.id,
      instanceType: instance.type,
      vcpus: instanceTypeNamed(instance.type)?.vcpus ?? 0,
      memoryMiB: instanceTypeNamed(instance.type)?.memoryMiB ?? 0,
      architecture: instance.architecture,
      zone: instance.zone,
      state: instance.state,
      hasPower: hasPower(instance),
      hasNetwork: hasNetwork(instance),
      privateIpAddress: instance.privateIpAddress,
      privateDnsName: instance.privateDnsName,
      bootAs: instance.bootAs,
      attachedVolumes: (plugged.get(instance.id) ?? []).flatMap(({ id, attachment }) =>
        attachment && attachment.state !== 'attaching' ? [{ volumeId: id, device: attachment.device }] : [],
      ),
    }));
};

/** What an instance was launched with; base64. Asked for once by a machine that boots: it is the most of what there is to say of one. */
export const userDataView = (simulation: Simulation, instanceId: string): { userData: string } => ({
  userData: simulation.present(() => undefined).account.instances[instanceId]?.userData ?? '',
});

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const instanceView = ({ id, type, ...instance }: Instance) => ({
  instanceId: id,
  instanceType: type,
  ...instance,
  launchTime: iso(instance.launchTime),
});

const volumeView = ({ id, type, attachment, ...volume }: Volume) => ({
  volumeId: id,
  volumeType: type,
  ...volume,
  createTime: iso(volume.createTime),
  attachments: attachment
    ? [{ instanceId: attachment.instanceId, device: attachment.device, state: attachment.state }]
    : [],
});

const snapshotView = ({ id, ...snapshot }: Snapshot) => ({
  snapshotId: id,
  ...snapshot,
  startTime: iso(snapshot.startTime),
});

const reservationViews = ({ account }: Context) =>
  CAPACITY_RESERVATIONS.map((reservation) => ({
    capacityReservationId: reservation.id,
    instanceType: reservation.type,
    zone: reservation.zone,
    total: reservation.count,
    available: freeSlots(account, reservation),
  }));

/** How many addresses are free, of the subnets that have not all of theirs. */
const addressesView = (context: Context): Record<string, number> =>
  Object.fromEntries(
    SUBNETS.filter(({ id }) => id in context.account.addressLimits).map((subnet) => [
      subnet.id,
      freeAddresses(context, subnet),
    ]),
  );

/** Everything there is, without any delay of visibility, under EC2's names. */
export const stateView = (simulation: Simulation) => {
  const context = simulation.present(() => undefined);
  const { account, settings, now } = context;
  return {
    clock: { now: iso(now), speed: settings.speed },
    settings,
    calls: simulation.calls,
    faults: account.faults,
    capacity: account.capacity,
    capacityReservations: reservationViews(context),
    addresses: addressesView(context),
    instances: Object.values(account.instances).map(instanceView),
    volumes: Object.values(account.volumes).map(volumeView),
    snapshots: Object.values(account.snapshots).map(snapshotView),
  };
};
