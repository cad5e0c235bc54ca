import { createHash } from 'node:crypto';

/**
 * Names made from a database's name (at most 52 characters, crds/questdbs.yaml), so that every one fits its kind: 63 for a Service or a
 * label value, 52 for a StatefulSet whose pods carry a revision label.
 */
export const statefulSetName = (database: string): string => database;
export const podName = (database: string): string => `${database}-0`;
export const serviceName = (database: string): string => database;
export const headlessServiceName = (database: string): string => `${database}-pods`;
export const configMapName = (database: string): string => `${database}-config`;
export const credentialsName = (database: string): string => `${database}-credentials`;
export const networkPolicyName = (database: string): string => database;
export const podMonitorName = (database: string): string => database;
export const podDisruptionBudgetName = (database: string): string => database;
export const volumeName = (database: string): string => database;
export const claimName = (database: string): string => `${database}-data`;

/** Name of the PersistentVolume made for an EBS volume that has none. */
export const staticPersistentVolumeName = (volumeId: string): string => `questdb-fleet-${volumeId}`;

/** What makes one QuestDBNode another one. */
export type NodeNeed = { instanceType: string; zone: string; className: string };

/**
 * `<database>-<8 hex digits>`, different for each need and each counter: a name that is being deleted is passed over by the next
 * counter.
 */
export const nodeName = (database: string, need: NodeNeed, counter: number): string =>
  `${database}-${shortHash([need.instanceType, need.zone, need.className, String(counter)])}`;

/** The first 8 hex digits of a SHA-256 over the parts; 0x1f between them keeps ["a","b"] and ["ab"] apart. */
export const shortHash = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\u001f')).digest('hex').slice(0, 8);
