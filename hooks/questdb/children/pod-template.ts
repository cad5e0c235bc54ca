import type { V1Container, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { CONFIG_REVISION, CREDENTIALS_REVISION, DEDICATED, NODE, childLabels } from '../../api/labels.ts';
import { configMapName } from '../../api/names.ts';
import type { Layout } from '../../api/layout.ts';
import type { Wire } from '../../api/wire.ts';
import type { Placement, PodInput } from '../pod-input.ts';
import { CREDENTIALS_FOLDER, environment, passwordKeys, readsSecretFiles } from './environment.ts';
import { checkLayout } from './check-layout.ts';
import { PORTS, type PortName } from './ports.ts';

/** The user of the questdb/questdb image. */
const QUESTDB_USER = 10001;

/** The mount of the whole volume: db/, conf/, .checkpoint/ and import/ lie in it, and snapshots are only restorable this way. */
const ROOT = '/var/lib/questdb';

/** A database may take this long to write down what it has in memory. */
const TERMINATION_GRACE_SECONDS = 120;

/** On any node of the cluster: enough to start; a dedicated node gives what it has. */
const MODEST = { cpu: '250m', memory: '512Mi' };

export const podTemplate = (database: QuestDB, input: PodInput): Wire<V1PodTemplateSpec> => ({
  metadata: {
    labels: childLabels(database.metadata.name),
    annotations: { [CONFIG_REVISION]: input.configRevision, [CREDENTIALS_REVISION]: input.credentials.revision },
  },
  spec: podSpec(database, input),
});

const podSpec = (database: QuestDB, input: PodInput): Wire<V1PodSpec> => {
  const questdb = container(input);
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    ...placementOf(input.placement),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: QUESTDB_USER,
      runAsGroup: QUESTDB_USER,
      fsGroup: QUESTDB_USER,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(input.layout === undefined ? {} : { initContainers: [checkLayout(input.layout, questdb)] }),
    containers: [questdb],
    volumes: volumes(database, input),
  };
};

/** The selector and the toleration name the QuestDBNode's uid: names repeat across namespaces, uids do not. */
const placementOf = (placement: Placement): Partial<Wire<V1PodSpec>> =>
  placement.on === 'AnyNode'
    ? {}
    : {
        nodeSelector: { [NODE]: placement.nodeUid },
        tolerations: [{ key: DEDICATED, operator: 'Equal', value: placement.nodeUid, effect: 'NoSchedule' }],
      };

const container = ({ placement, layout, engine, credentials }: PodInput): Wire<V1Container> => ({
  name: 'questdb',
  image: engine.image,
  imagePullPolicy: 'IfNotPresent',
  env: environment(engine.version, credentials),
  ports: PORTS.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
  resources: { requests: placement.on === 'AnyNode' ? MODEST : placement.requests },
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

const volumes = (
  { metadata }: QuestDB,
  { claimName, layout, engine, credentials }: PodInput,
): NonNullable<Wire<V1PodSpec>['volumes']> => [
  { name: 'data', persistentVolumeClaim: { claimName } },
  ...(layout === 'DbOnly' ? [{ name: 'root', emptyDir: {} }] : []),
  { name: 'config', configMap: { name: configMapName(metadata.name) } },
  { name: 'tmp', emptyDir: {} },
  ...(readsSecretFiles(engine.version)
    ? [
        {
          name: 'credentials',
          secret: {
            secretName: credentials.secretName,
            items: passwordKeys(credentials).map((key) => ({ key, path: key })),
          },
        },
      ]
    : []),
];
