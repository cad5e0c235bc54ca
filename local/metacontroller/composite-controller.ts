import type { ApiObject } from './api-object.ts';
import type { LabelSelector } from './label-selector.ts';

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
