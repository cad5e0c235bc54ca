import type { ApiObject } from './api-object.ts';
import type { LabelSelector } from './label-selector.ts';
import type { Resource } from './resource.ts';

export type SecretKey = { name: string; namespace: string; key: string };

export type Webhook = {
  url?: string;
  path?: string;
  service?: { name: string; namespace: string; port?: number; protocol?: string };
  /** A Go duration: `10s`, `1m30s`. */
  timeout?: string;
  responseUnMarshallMode?: 'strict' | 'loose';
  authorization?: { type?: string; secretRef: SecretKey };
  basicAuth?: {
    secretRef: { name: string; namespace: string };
    usernameKey?: string;
    passwordKey?: string;
  };
  etag?: unknown;
  caBundle?: unknown;
  clientTLS?: unknown;
};

export type HookSpec = { version?: string; webhook?: Webhook };

export type UpdateMethod = 'OnDelete' | 'Recreate' | 'InPlace' | 'RollingRecreate' | 'RollingInPlace';

export type ChildRule = { apiVersion: string; resource: string; updateStrategy?: { method?: UpdateMethod } };

export type CompositeController = ApiObject & {
  spec: {
    parentResource: {
      apiVersion: string;
      resource: string;
      labelSelector?: LabelSelector;
      ignoreStatusChanges?: boolean;
    };
    childResources?: ChildRule[];
    hooks?: { customize?: HookSpec; sync?: HookSpec; finalize?: HookSpec };
    endpointConfigs?: unknown[];
    resyncPeriodSeconds?: number;
    generateSelector?: boolean;
  };
};

/** The kind itself: known without discovery, so that the stand-in may start before its definition is applied. */
export const COMPOSITE_CONTROLLERS: Resource = {
  group: 'metacontroller.k8s.io',
  version: 'v1alpha1',
  kind: 'CompositeController',
  plural: 'compositecontrollers',
  namespaced: false,
  subresources: new Set(['status']),
};
