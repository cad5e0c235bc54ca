import type { V1PersistentVolume, V1PersistentVolumeClaim, V1Pod } from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { MERGE, orAbsent } from './api.ts';
import { identityOf } from './shape.ts';

/** Grows a file system and answers its size in bytes. */
export type GrowFileSystem = (volumeId: string, bytes: number) => Promise<number>;

const isPending = (claim: V1PersistentVolumeClaim): boolean =>
  claim.status?.conditions?.some(({ type, status }) => type === 'FileSystemResizePending' && status === 'True') ===
  true;

const sizeOf = (volume: V1PersistentVolume): string => volume.spec?.capacity?.storage ?? '0';

/** EBS sizes are whole GiB, and csi-resizer writes them so. */
const bytesOf = (quantity: string): number => Number(/^(\d+)Gi$/.exec(quantity)?.[1] ?? 0) * 1024 ** 3;

/** Every condition a growth may have; the rest of them ends with it. */
const RESIZE_CONDITIONS = new Set(['Resizing', 'FileSystemResizePending', 'ControllerResizeError', 'NodeResizeError']);

const statusAfter = (claim: V1PersistentVolumeClaim, storage: string) => {
  const others = claim.status?.conditions?.filter(({ type }) => !RESIZE_CONDITIONS.has(type)) ?? [];
  return { capacity: { storage }, conditions: others.length > 0 ? others : null, allocatedResourceStatuses: null };
};

const finish = async (api: Api, claim: V1PersistentVolumeClaim, grow: GrowFileSystem): Promise<void> => {
  const { name, namespace } = identityOf(claim);
  const volume = await api.core.readPersistentVolume({ name: claim.spec?.volumeName ?? '' });
  const storage = sizeOf(volume);
  await grow(volume.spec?.csi?.volumeHandle ?? '', bytesOf(storage));
  const body = { status: statusAfter(claim, storage) };
  await api.core.patchNamespacedPersistentVolumeClaimStatus({ name, namespace, body }, MERGE);
};

/** Names of the claims a pod uses. */
export const claimNames = (pod: V1Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName],
  );

/** Ends the growth of the pod's volumes where only the file system is left to grow: the kubelet's part of an expansion. */
export const finishGrowth = async (api: Api, pod: V1Pod, grow: GrowFileSystem): Promise<void> => {
  const namespace = pod.metadata?.namespace ?? '';
  for (const name of claimNames(pod)) {
    const claim = await orAbsent(api.core.readNamespacedPersistentVolumeClaim({ name, namespace }));
    if (claim !== undefined && isPending(claim)) await finish(api, claim, grow);
  }
};
