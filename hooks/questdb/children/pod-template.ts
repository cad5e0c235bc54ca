import type { V1PodSpec, V1PodTemplateSpec, V1Toleration } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import {
  CONFIG_REVISION,
  CREDENTIALS_REVISION,
  DEDICATED,
  NODE,
  NODE_REQUESTS,
  childLabels,
} from '../../api/labels.ts';
import { configMapName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { Placement, PodInput } from '../pod-input.ts';
import { checkLayout } from './check-layout.ts';
import { container } from './container.ts';
import { passwordKeys, readsSecretFiles } from './environment.ts';

/** The user of the questdb/questdb image. */
const QUESTDB_USER = 10001;

/** A database may take this long to write down what it has in memory. */
const TERMINATION_GRACE_SECONDS = 120;

/** What the user asks for comes first: a label or annotation of the operator wins. */
export const podTemplate = (database: QuestDB, input: PodInput): Wire<V1PodTemplateSpec> => ({
  metadata: {
    labels: { ...database.spec.pod?.labels, ...childLabels(database.metadata.name) },
    annotations: {
      ...database.spec.pod?.annotations,
      ...requestsAnnotation(input.placement),
      [CONFIG_REVISION]: input.configRevision,
      [CREDENTIALS_REVISION]: input.credentials.revision,
    },
  },
  spec: podSpec(database, input),
});

const requestsAnnotation = (placement: Placement): Record<string, string> =>
  placement.on === 'AnyNode' ? {} : { [NODE_REQUESTS]: `${placement.requests.cpu},${placement.requests.memory}` };

const podSpec = (database: QuestDB, input: PodInput): Wire<V1PodSpec> => {
  const questdb = container(database, input);
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: database.spec.pod?.terminationGracePeriodSeconds ?? TERMINATION_GRACE_SECONDS,
    ...selectorFor(input.placement),
    ...tolerationsFor(input.placement, database.spec.pod?.tolerations),
    ...schedulingOf(database),
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

/** Selector and toleration name the QuestDBNode's uid: names repeat across namespaces, uids do not. */
const selectorFor = (placement: Placement): Pick<Wire<V1PodSpec>, 'nodeSelector'> =>
  placement.on === 'AnyNode' ? {} : { nodeSelector: { [NODE]: placement.nodeUid } };

const tolerationsFor = (
  placement: Placement,
  asked: readonly Wire<V1Toleration>[] = [],
): Pick<Wire<V1PodSpec>, 'tolerations'> => {
  const own = { key: DEDICATED, operator: 'Equal', effect: 'NoSchedule' };
  const all = [...(placement.on === 'AnyNode' ? [] : [{ ...own, value: placement.nodeUid }]), ...asked];
  return all.length === 0 ? {} : { tolerations: all };
};

const schedulingOf = ({ spec: { pod } }: QuestDB): Pick<Wire<V1PodSpec>, 'affinity' | 'priorityClassName'> => ({
  ...(pod?.affinity === undefined ? {} : { affinity: pod.affinity }),
  ...(pod?.priorityClassName === undefined ? {} : { priorityClassName: pod.priorityClassName }),
});

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
