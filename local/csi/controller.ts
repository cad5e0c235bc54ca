import type { EC2Client } from '@aws-sdk/client-ec2';
import { status } from '@grpc/grpc-js';
import { publishVolume, unpublishVolume } from './attachments.ts';
import { CsiError } from './errors.ts';
import type { FileSystems } from './filesystems.ts';
import type {
  CreateSnapshotRequest,
  CreateVolumeRequest,
  CreateVolumeResponse,
  ExpandRequest,
  PublishRequest,
  UnpublishRequest,
  VolumeCapability,
} from './messages.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { createSnapshot, deleteSnapshot } from './snapshots.ts';
import { createVolume, deleteVolume, describeVolume, expandVolume } from './volumes.ts';

const CAPABILITIES = ['CREATE_DELETE_VOLUME', 'PUBLISH_UNPUBLISH_VOLUME', 'CREATE_DELETE_SNAPSHOT', 'EXPAND_VOLUME'];

const createFilled = async (
  ec2: EC2Client,
  files: FileSystems,
  request: CreateVolumeRequest,
): Promise<CreateVolumeResponse> => {
  const created = await createVolume(ec2, request);
  const snapshotId = request.volume_content_source?.snapshot?.snapshot_id;
  if (snapshotId !== undefined) await files.restore(snapshotId, created.volume.volume_id);
  return created;
};

const validate = async (ec2: EC2Client, volumeId: string, capabilities: VolumeCapability[]) => {
  if ((await describeVolume(ec2, volumeId)) === undefined) {
    throw new CsiError(status.NOT_FOUND, `volume ${volumeId} does not exist`);
  }
  return { confirmed: { volume_capabilities: capabilities } };
};

/** The controller service: volumes, attachments and snapshots, through EC2's API. Every method may be called again. */
export const controllerService = (ec2: EC2Client, files: FileSystems) => {
  // CSI lets callers overlap; a second attach of a volume must see the first.
  const serially = oneAtATime();
  return {
    ControllerGetCapabilities: () => ({ capabilities: CAPABILITIES.map((type) => ({ rpc: { type } })) }),
    CreateVolume: (request: CreateVolumeRequest) => serially(request.name, () => createFilled(ec2, files, request)),
    DeleteVolume: (request: { volume_id: string }) =>
      serially(request.volume_id, async () => {
        await deleteVolume(ec2, request.volume_id);
        await files.remove(request.volume_id);
        return {};
      }),
    ControllerPublishVolume: (request: PublishRequest) =>
      serially(request.volume_id, () => publishVolume(ec2, request)),
    ControllerUnpublishVolume: (request: UnpublishRequest) =>
      serially(request.volume_id, async () => {
        await unpublishVolume(ec2, request);
        return {};
      }),
    ValidateVolumeCapabilities: (request: { volume_id: string; volume_capabilities: VolumeCapability[] }) =>
      validate(ec2, request.volume_id, request.volume_capabilities),
    ControllerExpandVolume: (request: ExpandRequest) => serially(request.volume_id, () => expandVolume(ec2, request)),
    CreateSnapshot: (request: CreateSnapshotRequest) =>
      serially(request.name, async () => {
        const { snapshot } = await createSnapshot(ec2, request);
        await files.capture(request.source_volume_id, snapshot.snapshot_id);
        return { snapshot };
      }),
    DeleteSnapshot: (request: { snapshot_id: string }) =>
      serially(request.snapshot_id, async () => {
        await deleteSnapshot(ec2, request.snapshot_id);
        await files.remove(request.snapshot_id);
        return {};
      }),
  };
};
