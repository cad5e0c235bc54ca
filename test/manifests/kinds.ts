import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1Deployment,
  V1Namespace,
  V1PodDisruptionBudget,
  V1Service,
  V1ServiceAccount,
  V1StorageClass,
} from '@kubernetes/client-node';
import type { Wire } from '../../hooks/api/wire.ts';
import type { NetworkPolicy } from './network-policy.ts';

type Metadata = {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
};

/** An object out of a rendered kustomization. */
export type Manifest = { apiVersion: string; kind: string; metadata: Metadata };

type Hook = {
  version?: string;
  webhook: { url: string; timeout: string; authorization?: unknown; responseUnMarshallMode?: string };
};

export type CompositeController = Manifest & {
  spec: {
    generateSelector?: boolean;
    resyncPeriodSeconds?: number;
    parentResource: { apiVersion: string; resource: string; ignoreStatusChanges?: boolean };
    childResources?: { apiVersion: string; resource: string; updateStrategy?: { method?: string } }[];
    hooks: Record<string, Hook>;
  };
};

/** What the manifests consist of, by kind. */
export type Kinds = {
  ClusterRole: Manifest & Wire<V1ClusterRole>;
  ClusterRoleBinding: Manifest & Wire<V1ClusterRoleBinding>;
  CompositeController: CompositeController;
  ConfigMap: Manifest & Wire<V1ConfigMap>;
  Deployment: Manifest & Wire<V1Deployment>;
  Namespace: Manifest & Wire<V1Namespace>;
  NetworkPolicy: Manifest & NetworkPolicy;
  PodDisruptionBudget: Manifest & Wire<V1PodDisruptionBudget>;
  Service: Manifest & Wire<V1Service>;
  ServiceAccount: Manifest & Wire<V1ServiceAccount>;
  StorageClass: Manifest & Wire<V1StorageClass>;
};
