import { canonicalMiB, canonicalMillicores, floorMiB, parseMillicores } from '../api/quantity.ts';
import type { NodeRequests } from './pod-input.ts';

/** The share of what a dedicated Node has to give that the database asks for; the rest is for what runs on every Node. */
const SHARE = 0.8;

/** The pod's requests on a dedicated Node, in canonical form, whole millicores and MiB. */
export const requestsFrom = (allocatable: { cpu?: string; memory?: string }): NodeRequests => ({
  cpu: canonicalMillicores(Math.floor(parseMillicores(allocatable.cpu ?? '0') * SHARE)),
  memory: canonicalMiB(Math.floor(floorMiB(allocatable.memory ?? '0') * SHARE)),
});
