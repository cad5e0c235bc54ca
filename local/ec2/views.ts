import { instanceTypeNamed } from './catalog.ts';
import { volumesOf } from './lookup.ts';
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
  privateIpAddress: string;
  privateDnsName: string;
  userData: string;
  /** `none`: a machine of the local cluster itself, which nobody boots. */
  bootAs: 'process' | 'kwok' | 'none';
  attachedVolumes: { volumeId: string; device: string }[];
};

/** Every instance that is not terminated, visible or not. */
export const machinesView = (simulation: Simulation): Machine[] => {
  const context = simulation.present(() => undefined);
  return Object.values(context.account.instances)
    .filter((instance) => instance.state !== 'terminated')
    .map((instance) => ({
      instanceId: instance.id,
      instanceType: instance.type,
      vcpus: instanceTypeNamed(instance.type)?.vcpus ?? 0,
      memoryMiB: instanceTypeNamed(instance.type)?.memoryMiB ?? 0,
      architecture: instance.architecture,
      zone: instance.zone,
      state: instance.state,
      privateIpAddress: instance.privateIpAddress,
      privateDnsName: instance.privateDnsName,
      userData: instance.userData,
      bootAs: instance.bootAs,
      attachedVolumes: volumesOf(context, instance.id).flatMap(({ id, attachment }) =>
        attachment?.state === 'attached' ? [{ volumeId: id, device: attachment.device }] : [],
      ),
    }));
};

/** Everything there is, without any delay of visibility. */
export const stateView = (simulation: Simulation) => {
  const { account, settings, now } = simulation.present(() => undefined);
  return {
    clock: { now: new Date(now).toISOString(), speed: settings.speed },
    settings,
    calls: simulation.calls,
    faults: account.faults,
    capacity: account.capacity,
    instances: Object.values(account.instances),
    volumes: Object.values(account.volumes),
    snapshots: Object.values(account.snapshots),
  };
};
