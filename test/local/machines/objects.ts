import type { V1ConfigMap, V1Container, V1Node, V1Pod, V1Probe, V1Secret, V1Volume } from '@kubernetes/client-node';

/** Objects of the API with the fields a test is about and no others. */
export const podOf = (fields: object): V1Pod => fields;
export const nodeOf = (fields: object): V1Node => fields;
export const containerOf = (fields: object): V1Container => fields as V1Container;
export const probeOf = (fields: object): V1Probe => fields;
export const volumeOf = (fields: object): V1Volume => fields as V1Volume;
export const configMapOf = (fields: object): V1ConfigMap => fields;
export const secretOf = (fields: object): V1Secret => fields;
