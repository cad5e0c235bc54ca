import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import { selectorLabels } from '../../api/labels.ts';
import { podDisruptionBudgetName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';

/**
 * `kubectl drain` waits as long as the database serves there: the Node it has cordoned makes the operator move the pod, and then it passes. A
 * pod that is not ready serves nobody and may be evicted.
 */
export const podDisruptionBudget = (database: string): DesiredObject & Wire<V1PodDisruptionBudget> => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: childMetadata(database, podDisruptionBudgetName(database)),
  spec: {
    maxUnavailable: 0,
    selector: { matchLabels: selectorLabels(database) },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  },
});
