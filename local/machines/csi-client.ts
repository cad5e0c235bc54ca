import { credentials } from '@grpc/grpc-js';
import { loadCsi } from '../csi/server.ts';

/** The calls a kubelet makes to the node service of a CSI driver. */
export type CsiNode = {
  stage: (volumeId: string, publishContext: Record<string, string>, stagingPath: string) => Promise<void>;
  publish: (volume: PublishedVolume) => Promise<void>;
  unpublish: (volumeId: string, targetPath: string) => Promise<void>;
  unstage: (volumeId: string, stagingPath: string) => Promise<void>;
  /** Answers the size the file system has now, in bytes. */
  expand: (volumeId: string, path: string, bytes: number) => Promise<number>;
};

export type PublishedVolume = {
  volumeId: string;
  publishContext: Record<string, string>;
  stagingPath: string;
  targetPath: string;
  readOnly: boolean;
};

type Unary = (request: object, options: { deadline: number }, done: (error: Error | null, answer: unknown) => void) => void; // prettier-ignore

const DEADLINE_MS = 120_000;

const CAPABILITY = {
  mount: { fs_type: 'ext4', mount_flags: [] },
  access_mode: { mode: 'SINGLE_NODE_WRITER' },
};

/** A client of the driver on that unix socket. */
export const csiNodeClient = (protoFile: string, socket: string): CsiNode => {
  const { Node } = loadCsi(protoFile);
  const client = new Node(`unix:${socket}`, credentials.createInsecure());
  const call = (method: string, request: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const unary = (client as unknown as Record<string, Unary | undefined>)[method];
      if (unary === undefined) {
        reject(new Error(`csi.proto has no method ${method}`));
        return;
      }
      unary.call(client, request, { deadline: Date.now() + DEADLINE_MS }, (error, answer) => {
        if (error) reject(error);
        else resolve(answer);
      });
    });
  return {
    stage: async (volume_id, publish_context, staging_target_path) => {
      await call('NodeStageVolume', { volume_id, publish_context, staging_target_path, volume_capability: CAPABILITY });
    },
    publish: async ({ volumeId, publishContext, stagingPath, targetPath, readOnly }) => {
      await call('NodePublishVolume', {
        volume_id: volumeId,
        publish_context: publishContext,
        staging_target_path: stagingPath,
        target_path: targetPath,
        volume_capability: CAPABILITY,
        readonly: readOnly,
      });
    },
    unpublish: async (volume_id, target_path) => {
      await call('NodeUnpublishVolume', { volume_id, target_path });
    },
    unstage: async (volume_id, staging_target_path) => {
      await call('NodeUnstageVolume', { volume_id, staging_target_path });
    },
    expand: async (volume_id, volume_path, required_bytes) => {
      const request = { volume_id, volume_path, capacity_range: { required_bytes } };
      return ((await call('NodeExpandVolume', request)) as { capacity_bytes: number }).capacity_bytes;
    },
  };
};
