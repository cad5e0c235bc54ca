/**
 * The messages of the Container Storage Interface that this driver reads and writes, as @grpc/proto-loader hands them over
 * with `keepCase`, numbers for int64 and strings for enums. Source: csi.proto of CSI 1.9, whose comments are the manual.
 */

export type Topology = { segments: Record<string, string> };

export type CapacityRange = { required_bytes: number; limit_bytes: number };

export type VolumeCapability = {
  access_type?: 'block' | 'mount';
  mount?: { fs_type: string; mount_flags: string[] };
  access_mode?: { mode: string } | null;
};

export type ContentSource = {
  type?: 'snapshot' | 'volume';
  snapshot?: { snapshot_id: string };
  volume?: { volume_id: string };
};

export type CreateVolumeRequest = {
  name: string;
  capacity_range: CapacityRange | null;
  volume_capabilities: VolumeCapability[];
  parameters: Record<string, string>;
  volume_content_source: ContentSource | null;
  accessibility_requirements: { requisite: Topology[]; preferred: Topology[] } | null;
};

export type CreateVolumeResponse = {
  volume: {
    volume_id: string;
    capacity_bytes: number;
    accessible_topology: Topology[];
    content_source?: ContentSource;
  };
};

export type PublishRequest = {
  volume_id: string;
  node_id: string;
  volume_capability: VolumeCapability | null;
  readonly: boolean;
};

export type UnpublishRequest = { volume_id: string; node_id: string };

export type ExpandRequest = { volume_id: string; capacity_range: CapacityRange | null };

export type ExpandResponse = { capacity_bytes: number; node_expansion_required: boolean };

export type CreateSnapshotRequest = { source_volume_id: string; name: string; parameters: Record<string, string> };

export type SnapshotMessage = {
  snapshot_id: string;
  source_volume_id: string;
  size_bytes: number;
  creation_time: { seconds: number; nanos: number };
  ready_to_use: boolean;
};

export type StageRequest = {
  volume_id: string;
  publish_context: Record<string, string>;
  staging_target_path: string;
  volume_capability: VolumeCapability | null;
};

export type NodePublishRequest = StageRequest & { target_path: string; readonly: boolean };

export type NodeExpandRequest = {
  volume_id: string;
  volume_path: string;
  capacity_range: CapacityRange | null;
};

export const GIB = 1024 ** 3;
