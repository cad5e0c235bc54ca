import { canonicalMiB, canonicalMillicores, floorMiB, parseBytes, parseMillicores } from '../api/quantity.ts';
import type { NodeRequests } from './pod-input.ts';

/** The share of what a dedicated Node has to give that the database asks for; the rest is for what runs on every Node. */
const SHARE = 0.8;

/** Whether a Node has what is asked for. */
export const fitsInto = (requests: NodeRequests, { cpu = '0', memory = '0' }: Partial<NodeRequests>): boolean =>
  parseMillicores(requests.cpu) <= parseMillicores(cpu) && parseBytes(requests.memory) <= parseBytes(memory);

/** The pod's requests on a dedicated Node, in canonical form, whole millicores and MiB. */
export const requestsFrom = (allocatable: { cpu?: string; memory?: string }): NodeRequests => ({
  cpu: canonicalMillicores(Math.floor(parseMillicores(allocatable.cpu ?? '0') * SHARE)),
  memory: canonicalMiB(Math.floor(floorMiB(allocatable.memory ?? '0') * SHARE)),
});
