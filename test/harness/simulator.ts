import type { JournalEntry } from '../../local/ec2/journal.ts';
import type { Settings } from '../../local/settings.ts';

type Tags = Record<string, string>;
export type InstanceView = {
  instanceId: string;
  instanceType: string;
  zone: string;
  state: string;
  tags: Tags;
};
export type VolumeView = {
  volumeId: string;
  zone: string;
  size: number;
  state: string;
  tags: Tags;
  attachments: { instanceId: string; state: string }[];
};
type State = { instances: InstanceView[]; volumes: VolumeView[] };

const OWNER_UID = 'questdb-fleet.dev/owner-uid';
const NAMESPACE = 'questdb-fleet.dev/namespace';
const DATABASE = 'questdb-fleet.dev/database';

/** What a test looks at, so that a failure prints no more. */
const pickInstance = ({ instanceId, instanceType, zone, state, tags }: InstanceView): InstanceView => ({
  instanceId,
  instanceType,
  zone,
  state,
  tags,
});

const fetchJson = async (url: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text}`);
  return JSON.parse(text);
};

const isLive = ({ state }: InstanceView): boolean => state !== 'terminated' && state !== 'shutting-down';

/** The side doors of the simulated EC2: what there is in truth, and what was done to it. */
export const createSimulatorClient = (settings: Settings) => {
  const base = `http://127.0.0.1:${settings.ports.ec2}/_simulator`;
  const state = async () => (await fetchJson(`${base}/state`)) as State;
  const instances = async () => (await state()).instances.map(pickInstance);
  return {
    state,
    journal: async () => (await fetchJson(`${base}/journal`)) as JournalEntry[],
    violations: async () => (await fetchJson(`${base}/violations`)) as string[],
    command: (name: string, body: Record<string, unknown> = {}) =>
      fetchJson(`${base}/commands/${name}`, { method: 'POST', body: JSON.stringify(body) }),
    /** Instances launched for a QuestDBNode that are not on their way out. */
    liveInstances: async (): Promise<InstanceView[]> =>
      (await instances()).filter((instance) => isLive(instance) && OWNER_UID in instance.tags),
    /** Every instance that was ever launched for a database, by the tags it was launched with. */
    instancesOf: async (namespace: string, database: string): Promise<InstanceView[]> =>
      (await instances()).filter(({ tags }) => tags[NAMESPACE] === namespace && tags[DATABASE] === database),
    volume: async (volumeId: string): Promise<VolumeView | undefined> =>
      (await state()).volumes.find((volume) => volume.volumeId === volumeId),
  };
};

export type Simulator = ReturnType<typeof createSimulatorClient>;
