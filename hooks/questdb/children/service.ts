import type { V1Service } from '@kubernetes/client-node';
import { selectorLabels } from '../../api/labels.ts';
import { headlessServiceName, serviceName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';
import { PORTS } from './ports.ts';

type Service = DesiredObject & Wire<V1Service>;

/** What clients connect to. */
export const service = (database: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: childMetadata(database, serviceName(database)),
  spec: { type: 'ClusterIP', selector: selectorLabels(database), ports: PORTS.map(servicePort) },
});

/** The pod's own name in DNS, also while it is not ready. */
export const headlessService = (database: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: childMetadata(database, headlessServiceName(database)),
  spec: {
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: selectorLabels(database),
    ports: PORTS.map(servicePort),
  },
});

const servicePort = ({ name, port }: (typeof PORTS)[number]) => ({
  name,
  port,
  protocol: 'TCP',
  targetPort: name,
});
