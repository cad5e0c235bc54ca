import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { V1PersistentVolume, V1Pod } from '@kubernetes/client-node';
import { DRIVER_NAME } from '../csi/names.ts';
import { oneAtATime } from '../csi/one-at-a-time.ts';
import type { Api } from './api.ts';
import { orAbsent } from './api.ts';
import type { CsiNode } from './csi-client.ts';
import { clearLeftMounts } from './mounts.ts';
import { reportVolumesInUse } from './node-status.ts';

/** The disks of one machine: which are in use by whom, and the steps from attached to usable. */
export type Disks = {
  /** Makes the claim's volume usable by the pod, or says by an error what it waits for; may be called again. Answers its folder. */
  mount: (pod: V1Pod, claimName: string, readOnly: boolean) => Promise<string>;
  /** Takes all volumes of the pod away again; may be called again. */
  unmountAll: (podUid: string) => Promise<void>;
  /** For the Node's status: `kubernetes.io/csi/<driver>^<volume id>`. */
  inUse: () => string[];
};

type Use = { volumeId: string; podUid: string; stagingPath: string; targetPath: string };

export type DiskDeps = {
  api: Api;
  csi: CsiNode;
  nodeName: string;
  /** `<machines>/<node name>` */
  folder: string;
  /** True while the hypervisor shows the volume at this machine. */
  hasDevice: (volumeId: string) => boolean;
};

/** The name a volume has in the Node's status. */
export const uniqueName = (volumeId: string): string => `kubernetes.io/csi/${DRIVER_NAME}^${volumeId}`;

/** The name of the VolumeAttachment, as the attach/detach controller makes it. */
const attachmentName = (volumeId: string, nodeName: string): string =>
  `csi-${createHash('sha256').update(`${volumeId}${DRIVER_NAME}${nodeName}`).digest('hex')}`;

/** The volume behind a pod's claim; throws while the claim is not bound. */
export const volumeOfClaim = async (api: Api, namespace: string, claimName: string): Promise<V1PersistentVolume> => {
  const claim = await orAbsent(api.core.readNamespacedPersistentVolumeClaim({ name: claimName, namespace }));
  if (claim === undefined) throw new Error(`persistentvolumeclaim "${claimName}" not found`);
  if (claim.status?.phase !== 'Bound') throw new Error(`persistentvolumeclaim "${claimName}" is not bound`);
  return api.core.readPersistentVolume({ name: claim.spec?.volumeName ?? '' });
};

const volumeIdOf = (volume: V1PersistentVolume): string => {
  const csi = volume.spec?.csi;
  if (csi?.driver !== DRIVER_NAME) throw new Error(`volume ${volume.metadata?.name ?? ''} is not of ${DRIVER_NAME}`);
  return csi.volumeHandle;
};

/** What the driver said when it attached the volume; throws while it is not attached. */
const publishContext = async ({ api, nodeName, hasDevice }: DiskDeps, volumeId: string) => {
  const node = await api.core.readNode({ name: nodeName });
  if (node.status?.volumesAttached?.some(({ name }) => name === uniqueName(volumeId)) !== true) {
    throw new Error(`volume ${volumeId} is not attached yet according to node status`);
  }
  const attachment = await api.storage.readVolumeAttachment({ name: attachmentName(volumeId, nodeName) });
  if (attachment.status?.attached !== true) throw new Error(`volume ${volumeId} is not attached yet`);
  if (!hasDevice(volumeId)) throw new Error(`there is no device of volume ${volumeId} on this machine`);
  return attachment.status.attachmentMetadata ?? {};
};

/** The disks of the machine `deps` speaks of. Volumes are in use from before they are staged until after they are unstaged. */
export const disksOf = (deps: DiskDeps): Disks => {
  const uses = new Map<string, Use>();
  const reported = new Set<string>();
  const serially = oneAtATime();
  const volumeIds = (): string[] => [...new Set([...uses.values()].map(({ volumeId }) => volumeId))];
  const inUse = (): string[] => volumeIds().map(uniqueName).toSorted();
  const report = (): Promise<void> =>
    serially('volumes in use', async () => {
      const now = inUse();
      if (now.length === reported.size && now.every((name) => reported.has(name))) return;
      await reportVolumesInUse(deps.api, deps.nodeName, now);
      reported.clear();
      for (const name of now) reported.add(name);
    });

  const mountVolume = async (volume: V1PersistentVolume, podUid: string, readOnly: boolean): Promise<string> => {
    const volumeId = volumeIdOf(volume);
    const stagingPath = join(deps.folder, 'plugins', DRIVER_NAME, volumeId, 'globalmount');
    const volumeName = volume.metadata?.name ?? '';
    const targetPath = join(deps.folder, 'pods', podUid, 'volumes', 'kubernetes.io~csi', volumeName, 'mount');
    uses.set(`${podUid}/${volumeId}`, { volumeId, podUid, stagingPath, targetPath });
    await report();
    const context = await publishContext(deps, volumeId);
    await serially(volumeId, async () => {
      await deps.csi.stage(volumeId, context, stagingPath);
      await deps.csi.publish({ volumeId, publishContext: context, stagingPath, targetPath, readOnly });
      const others = [...uses.values()].some((use) => use.volumeId === volumeId && use.podUid !== podUid);
      if (!others) await clearLeftMounts(targetPath, dirname(deps.folder));
    });
    return targetPath;
  };

  const unmountVolume = async (key: string, use: Use): Promise<void> => {
    await serially(use.volumeId, async () => {
      await deps.csi.unpublish(use.volumeId, use.targetPath);
      const others = [...uses].some(([other, { volumeId }]) => other !== key && volumeId === use.volumeId);
      if (!others) await deps.csi.unstage(use.volumeId, use.stagingPath);
      uses.delete(key);
    });
  };

  return {
    mount: async (pod, claimName, readOnly) => {
      const volume = await volumeOfClaim(deps.api, pod.metadata?.namespace ?? '', claimName);
      return mountVolume(volume, pod.metadata?.uid ?? '', readOnly);
    },
    unmountAll: async (podUid) => {
      for (const [key, use] of uses) if (use.podUid === podUid) await unmountVolume(key, use);
      await report();
    },
    inUse,
  };
};
