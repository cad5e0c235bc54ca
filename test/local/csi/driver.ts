import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { EC2Client } from '@aws-sdk/client-ec2';
import { pino } from 'pino';
import { assetPath } from '../../../local/controlplane/binaries.ts';
import { ZONE_KEY } from '../../../local/csi/names.ts';
import { loadCsi, startDriver } from '../../../local/csi/server.ts';
import { startSimulator, type Simulator } from '../../../local/ec2/simulator.ts';

type Unary = (request: object, done: (error: ServiceError | null, answer: unknown) => void) => void;

/** The driver on a socket of its own, in front of a simulated account whose time flies. */
export type TestDriver = {
  simulator: Simulator;
  ec2: EC2Client;
  folder: string;
  /** Calls a method of any of the three services; the answer is whatever the caller takes it for. */
  call: <T>(method: string, request: object) => Promise<T>;
  close: () => Promise<void>;
};

export const openDriver = async (): Promise<TestDriver> => {
  const folder = await mkdtemp(join(tmpdir(), 'csi-test-'));
  const simulator = await startSimulator({ seed: 3, settings: { speed: 20, visibilityDelaySeconds: 0 } });
  const ec2 = new EC2Client({
    endpoint: simulator.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const socket = join(folder, 'csi.sock');
  const protoFile = assetPath('csi.proto');
  const log = pino({ level: 'silent' });
  const driver = await startDriver({ protoFile, socket, volumesFolder: join(folder, 'volumes'), ec2, log });
  const clients = Object.values(loadCsi(protoFile)).flatMap((Service) =>
    typeof Service === 'function' && 'service' in Service
      ? [new Service(`unix:${socket}`, credentials.createInsecure())]
      : [],
  );
  const call = <T>(method: string, request: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const client = clients.find((candidate) => method in candidate) as unknown as Record<string, Unary>;
      client[method]?.(request, (error, answer) => {
        if (error) reject(error);
        else resolve(answer as T);
      });
    });
  return {
    simulator,
    ec2,
    folder,
    call,
    close: async () => {
      for (const client of clients) client.close();
      await driver.close();
      ec2.destroy();
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
};

export const GIB = 1024 ** 3;

const CAPABILITY = { mount: { fs_type: 'ext4' }, access_mode: { mode: 'SINGLE_NODE_WRITER' } };

export const createRequest = (name: string, changes: object = {}) => ({
  name,
  capacity_range: { required_bytes: 20 * GIB },
  volume_capabilities: [CAPABILITY],
  parameters: { type: 'gp3', 'csi.storage.k8s.io/pvc/name': 'data', 'csi.storage.k8s.io/pvc/namespace': 'acme' },
  accessibility_requirements: { preferred: [{ segments: { [ZONE_KEY]: 'eu-west-1b' } }] },
  ...changes,
});

type Created = { volume: { volume_id: string } };

/** Makes a volume of 20 GiB in eu-west-1a, where the worker is; answers its id. */
export const createVolumeIn = async (driver: TestDriver, name: string): Promise<string> => {
  const zone = { accessibility_requirements: { preferred: [{ segments: { [ZONE_KEY]: 'eu-west-1a' } }] } };
  return (await driver.call<Created>('CreateVolume', createRequest(name, zone))).volume.volume_id;
};

export const publishRequest = (volumeId: string, nodeId: string) => ({
  volume_id: volumeId,
  node_id: nodeId,
  volume_capability: CAPABILITY,
});

/** How often EC2 was asked for an action, with whatever outcome. */
export const attempts = ({ simulator }: TestDriver, action: string): number =>
  simulator.model.journal.entries.filter((entry) => entry.action === action).length;

/** How often EC2 did an action. */
export const mutations = ({ simulator }: TestDriver, action: string): number =>
  simulator.model.journal.entries.filter((entry) => entry.action === action && entry.outcome === 'ok').length;
