import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../local/metacontroller/api-client.ts';
import { NAMESPACE } from './fleet.ts';

/** As much of a pod as a bench looks at. */
export type Pod = {
  metadata: { name: string; annotations?: Record<string, string>; deletionTimestamp?: string };
  status?: { conditions?: { type: string; status: string }[] };
};

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;

type Wait = { count: number; seconds: number; isMeant?: (pod: Pod) => boolean };

/**
 * Until so many pods have been ready. A Node whose heartbeat is late makes its pods not ready for a moment, so each counts once it was. Throws
 * after the time that is given.
 */
export const untilPodsReady = async (api: ApiClient, { count, seconds, isMeant = () => true }: Wait): Promise<void> => {
  const begin = Date.now();
  const seen = new Set<string>();
  while (seen.size < count) {
    if (Date.now() - begin > seconds * 1000) {
      throw new Error(`${seen.size} of ${count} pods were ready after ${seconds} s`);
    }
    const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
    const { items } = await api.call<{ items: Pod[] }>({ method: 'GET', path });
    for (const pod of items.filter(isReady).filter(isMeant)) seen.add(pod.metadata.name);
    await sleep(250);
  }
};
