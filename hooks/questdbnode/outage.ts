import type { Fence } from './memory.ts';

/** How many Nodes of the whole fleet there are, and how many of them are not Ready. */
export type FleetReadiness = { total: number; notReady: number };

const MANY = 5;
const SHARE = 1 / 3;

/**
 * Whether so many machines are silent at once that it is rather the way to them, or the API server, that is broken. Machines that work would be
 * stopped then, and others launched that cannot join either; the node controller of Kubernetes evicts nobody in such a case.
 */
export const isOutage = ({ total, notReady }: FleetReadiness): boolean => notReady >= MANY && notReady > total * SHARE;

/** Whether a machine is taken for lost by nothing but the silence of its Node. */
export const restsOnSilence = ({ reason }: Fence): boolean => reason === 'NodeUnreachable';
