import { lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { status } from '@grpc/grpc-js';
import type { EC2Client, Volume } from '@aws-sdk/client-ec2';
import { CsiError, required } from './errors.ts';
import type { FileSystems } from './filesystems.ts';
import { GIB, type NodeExpandRequest, type NodePublishRequest, type StageRequest } from './messages.ts';
import { bytesOf } from './sized.ts';
import { describeVolume } from './volumes.ts';

const CAPABILITIES = ['STAGE_UNSTAGE_VOLUME', 'EXPAND_VOLUME', 'GET_VOLUME_STATS'];

/** A mount is a link here: `at` shows `source`. A second call with the same source does nothing. */
const mount = async (source: string, at: string): Promise<void> => {
  const present = await readlink(at).catch(() => undefined);
  if (present === source) return;
  if (present !== undefined) throw new CsiError(status.FAILED_PRECONDITION, `${at} already shows ${present}`);
  await mkdir(dirname(at), { recursive: true });
  await symlink(source, at);
};

const unmount = async (at: string): Promise<void> => {
  const entry = await lstat(at).catch(() => undefined);
  if (entry === undefined) return;
  // Only a link is a mount; anything else would be data.
  if (!entry.isSymbolicLink()) throw new CsiError(status.INTERNAL, `${at} is no mount`);
  await rm(at);
};

const volumeOf = async (ec2: EC2Client, volumeId: string): Promise<Volume> => {
  const volume = await describeVolume(ec2, volumeId);
  if (volume === undefined) throw new CsiError(status.NOT_FOUND, `volume ${volumeId} does not exist`);
  return volume;
};

const sizeOf = async (ec2: EC2Client, volumeId: string): Promise<number> =>
  ((await volumeOf(ec2, volumeId)).Size ?? 0) * GIB;

const stats = async (ec2: EC2Client, files: FileSystems, volumeId: string) => {
  const total = await sizeOf(ec2, volumeId);
  const used = await files.usedBytes(volumeId);
  return { usage: [{ unit: 'BYTES', total, used, available: Math.max(0, total - used) }] };
};

/**
 * The node service, for every kubelet on this machine: the paths of a request say whose it is. A volume's file system is a
 * folder; staging and publishing are links to it, so they survive nothing that a real mount would not.
 */
export const nodeService = (ec2: EC2Client, files: FileSystems) => ({
  NodeGetCapabilities: () => ({ capabilities: CAPABILITIES.map((type) => ({ rpc: { type } })) }),
  NodeStageVolume: async (request: StageRequest) => {
    const volumeId = required(request.volume_id, 'volume_id');
    const at = required(request.staging_target_path, 'staging_target_path');
    if (!request.publish_context.devicePath) {
      throw new CsiError(status.INVALID_ARGUMENT, 'publish_context has no devicePath: the volume is not attached');
    }
    // As the real driver does, which grows the file system of a volume that has grown while it was nowhere.
    await mount(await files.ensure(volumeId, bytesOf(await volumeOf(ec2, volumeId))), at);
    return {};
  },
  NodeUnstageVolume: async (request: { volume_id: string; staging_target_path: string }) => {
    await unmount(required(request.staging_target_path, 'staging_target_path'));
    return {};
  },
  NodePublishVolume: async (request: NodePublishRequest) => {
    const volumeId = required(request.volume_id, 'volume_id');
    const staged = await readlink(required(request.staging_target_path, 'staging_target_path')).catch(() => undefined);
    if (staged === undefined || basename(staged) !== volumeId) {
      throw new CsiError(status.FAILED_PRECONDITION, `volume ${volumeId} is not staged`);
    }
    await mount(staged, required(request.target_path, 'target_path'));
    return {};
  },
  NodeUnpublishVolume: async (request: { volume_id: string; target_path: string }) => {
    await unmount(required(request.target_path, 'target_path'));
    return {};
  },
  NodeExpandVolume: async (request: NodeExpandRequest) => {
    const volume = await volumeOf(ec2, required(request.volume_id, 'volume_id'));
    await files.ensure(request.volume_id, bytesOf(volume));
    return { capacity_bytes: (volume.Size ?? 0) * GIB };
  },
  NodeGetVolumeStats: (request: { volume_id: string }) => stats(ec2, files, required(request.volume_id, 'volume_id')),
});
