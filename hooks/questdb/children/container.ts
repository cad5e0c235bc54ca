import type { V1Container, V1ResourceRequirements } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import type { Layout } from '../../api/layout.ts';
import { canonicalBytes, canonicalMillicores, parseBytes, parseMillicores, type Amounts } from '../../api/quantity.ts';
import type { Wire } from '../../api/wire.ts';
import type { NodeRequests, Placement, PodInput } from '../pod-input.ts';
import { CREDENTIALS_FOLDER, environment, readsSecretFiles } from './environment.ts';
import { PORTS, type PortName } from './ports.ts';

/** The mount of the whole volume: db/, conf/, .checkpoint/ and import/ lie in it, and snapshots are only restorable this way. */
const ROOT = '/var/lib/questdb';

/** On any node of the cluster: enough to start; a dedicated node gives what it has. */
const MODEST = { cpu: '250m', memory: '512Mi' };

/** The database's own container. */
export const container = (
  { spec }: QuestDB,
  { placement, layout, engine, credentials }: PodInput,
): Wire<V1Container> => ({
  name: 'questdb',
  image: engine.image,
  imagePullPolicy: 'IfNotPresent',
  env: environment(engine.version, credentials, spec.pod?.env),
  ports: PORTS.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
  resources: resourcesOf(spec.resources, placement),
  // Replay of the write-ahead log after a crash may take long; the other two begin when this one succeeded.
  startupProbe: { ...statusProbe(), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 1800 },
  readinessProbe: { ...statusProbe(), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
  // A restart rarely helps a slow database and always hurts it.
  livenessProbe: { ...statusProbe(), periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 10 },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  terminationMessagePolicy: 'FallbackToLogsOnError',
  volumeMounts: [
    ...dataMounts(layout),
    { name: 'config', mountPath: `${ROOT}/conf`, readOnly: true },
    { name: 'tmp', mountPath: '/tmp' },
    ...(readsSecretFiles(engine.version)
      ? [{ name: 'credentials', mountPath: CREDENTIALS_FOLDER, readOnly: true }]
      : []),
  ],
});

/**
 * A volume with db/ alone is mounted there. What QuestDB keeps beside it (imports, what a checkpoint writes) lives as long as the pod: the root of
 * that volume is no place for it.
 */
const dataMounts = (layout: Layout | undefined): NonNullable<Wire<V1Container>['volumeMounts']> =>
  layout === 'DbOnly'
    ? [
        { name: 'root', mountPath: ROOT },
        { name: 'data', mountPath: `${ROOT}/db` },
      ]
    : [{ name: 'data', mountPath: ROOT }];

const HTTP_MIN: PortName = 'http-min';
const statusProbe = () => ({ httpGet: { path: '/status', port: HTTP_MIN, scheme: 'HTTP' } });

type Wanted = QuestDB['spec']['resources'];

const resourcesOf = (wanted: Wanted, placement: Placement): Wire<V1ResourceRequirements> => {
  const given = placement.on === 'AnyNode' ? MODEST : placement.requests;
  const limits = canonical(wanted?.limits);
  return {
    requests: { ...canonical(atMost(given, wanted?.limits)), ...canonical(wanted?.requests) },
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
};

/** A request above its limit is none that the API server takes. */
const atMost = (given: NodeRequests, { cpu, memory }: Amounts = {}): NodeRequests => ({
  cpu: cpu !== undefined && parseMillicores(cpu) < parseMillicores(given.cpu) ? cpu : given.cpu,
  memory: memory !== undefined && parseBytes(memory) < parseBytes(given.memory) ? memory : given.memory,
});

/** As the API server keeps them: in any other form what is there would never be what is wanted. */
const canonical = ({ cpu, memory }: Amounts = {}): Record<string, string> => ({
  ...(cpu === undefined ? {} : { cpu: canonicalMillicores(parseMillicores(cpu)) }),
  ...(memory === undefined ? {} : { memory: canonicalBytes(memory) }),
});
