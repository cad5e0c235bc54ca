import type { V1Service } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { selectorLabels } from '../../api/labels.ts';
import { headlessServiceName, serviceName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';
import { CLIENT_PORTS, PORTS, type PortName } from './ports.ts';

type Service = DesiredObject & Wire<V1Service>;

/** What clients connect to. */
export const service = ({ metadata, spec: { service: wanted } }: QuestDB): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    ...childMetadata(metadata.name, serviceName(metadata.name)),
    ...(wanted?.annotations === undefined ? {} : { annotations: wanted.annotations }),
  },
  spec: {
    type: wanted?.type ?? 'ClusterIP',
    selector: selectorLabels(metadata.name),
    ports: PORTS.filter(({ name }) => isOffered(name, wanted?.type)).map(servicePort),
  },
});

/** Outside the cluster, only what asks for a password or is made to be written to by all. */
const isOffered = (name: PortName, type: string | undefined): boolean =>
  type === undefined || type === 'ClusterIP' || CLIENT_PORTS.includes(name);

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
