import { selectorLabels } from '../../api/labels.ts';
import { podMonitorName } from '../../api/names.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';
import type { PortName } from './ports.ts';

const METRICS: PortName = 'http-min';

/** The database's own metrics, for the Prometheus Operator (https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor). */
export const podMonitor = (database: string): DesiredObject & { spec: object } => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PodMonitor',
  metadata: childMetadata(database, podMonitorName(database)),
  spec: {
    selector: { matchLabels: selectorLabels(database) },
    podMetricsEndpoints: [{ port: METRICS, path: '/metrics' }],
  },
});
