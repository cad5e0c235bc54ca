import { each, type CreateRow, type Fields } from './row.ts';

const least = { version: '9.3.4', storage: { size: '20Gi' } };

const created = (what: string, spec: Fields, refused?: string): CreateRow => ({
  what,
  kind: 'QuestDB',
  spec: { ...least, ...spec },
  ...(refused === undefined ? {} : { refused }),
});
const withPod = (what: string, pod: Fields, refused?: string): CreateRow => created(what, { pod }, refused);
const withPeer = (what: string, peer: Fields, refused?: string): CreateRow =>
  created(what, { network: { from: [peer] } }, refused);
const withToleration = (what: string, toleration: Fields, refused?: string): CreateRow =>
  withPod(what, { tolerations: [toleration] }, refused);
const withVariable = (what: string, variable: Fields, refused?: string): CreateRow =>
  withPod(what, { env: [variable] }, refused);

const ONE_PEER = 'a peer of spec.network.from takes either ipBlock';
const SELECTOR = { matchLabels: { app: 'web' } };

const NETWORK_ROWS: CreateRow[] = [
  created('nobody who may connect', { network: { from: [] } }),
  withPeer('pods of a namespace', { namespaceSelector: SELECTOR, podSelector: SELECTOR }),
  withPeer('a range of addresses', { ipBlock: { cidr: '10.0.0.0/16', except: ['10.0.1.0/24'] } }),
  withPeer('a range and pods', { ipBlock: { cidr: '10.0.0.0/16' }, podSelector: {} }, ONE_PEER),
  withPeer('a peer that is empty', {}, ONE_PEER),
  withPeer(
    'an address for a range',
    { ipBlock: { cidr: '10.0.0.1' } },
    'ipBlock.cidr must be a range of addresses such as 10.0.0.0/16',
  ),
  withPeer(
    'an exception that is no range',
    { ipBlock: { cidr: '10.0.0.0/16', except: ['office'] } },
    'ipBlock.except takes ranges of addresses such as 10.0.1.0/24',
  ),

  created('a load balancer', {
    service: {
      type: 'LoadBalancer',
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
    },
  }),
  created('a Service by another name', { service: { type: 'ExternalName' } }, 'spec.service.type: Unsupported value'),
  ...each(['a b', 'questdb-fleet.dev/database', 'metacontroller.k8s.io/last-applied-configuration', ''], (key) =>
    created(
      `the annotation ${JSON.stringify(key)} of the Service`,
      { service: { annotations: { [key]: 'x' } } },
      'a key of spec.service.annotations must be a qualified name',
    ),
  ),
];

const RESOURCE_ROWS: CreateRow[] = [
  created('resources', { resources: { requests: { cpu: '1500m', memory: '24Gi' }, limits: { memory: '24Gi' } } }),
  ...each(['0', '1.5', '-1', 'much'], (cpu) =>
    created(`${cpu} of a CPU`, { resources: { requests: { cpu } } }, 'spec.resources.requests.cpu'),
  ),
  created('memory in G', { resources: { limits: { memory: '4G' } } }, 'spec.resources.limits.memory'),
  created(
    'less CPU at most than at least',
    { resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } },
    'spec.resources.requests.cpu may be at most spec.resources.limits.cpu',
  ),
  created(
    'less memory at most than at least',
    { resources: { requests: { memory: '2Gi' }, limits: { memory: '2047Mi' } } },
    'spec.resources.requests.memory may be at most spec.resources.limits.memory',
  ),
];

const POD_ROWS: CreateRow[] = [
  withPod('a pod with everything', {
    labels: { team: 'trading', 'example.com/tier': '' },
    annotations: { 'example.com/note': 'a sentence, with: signs' },
    tolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }],
        },
      },
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 10, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: SELECTOR } },
        ],
      },
    },
    priorityClassName: 'high',
    env: [
      { name: 'TZ', value: 'UTC' },
      { name: 'QDB_LOG_W_STDOUT_LEVEL', value: 'ERROR' },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'mine', key: 'token' } } },
    ],
    terminationGracePeriodSeconds: 600,
  }),
  ...each(
    ['app.kubernetes.io/name', 'questdb-fleet.dev/database', 'statefulset.kubernetes.io/pod-name', 'a b'],
    (key) =>
      withPod(`the label ${key}`, { labels: { [key]: 'x' } }, 'a key of spec.pod.labels must be a qualified name'),
  ),
  withPod('a label with a blank', { labels: { team: 'a b' } }, 'spec.pod.labels.team'),
  withPod(
    'an annotation of the operator',
    { annotations: { 'questdb-fleet.dev/template-hash': 'x' } },
    'a key of spec.pod.annotations must be a qualified name',
  ),
  withToleration('a toleration of nothing', { operator: 'Equal' }, 'without a key must have the operator Exists'),
  withToleration(
    'a value that is not compared',
    { key: 'a', operator: 'Exists', value: 'b' },
    'with the operator Exists takes no value',
  ),
  withToleration(
    'a time without its effect',
    { key: 'a', tolerationSeconds: 5 },
    'tolerationSeconds of spec.pod.tolerations needs the effect NoExecute',
  ),
  withPod('an affinity that is misspelt', { affinity: { nodeAffinty: {} } }, 'unknown field'),
  withPod('too short a time to stop', { terminationGracePeriodSeconds: 30 }, 'greater than or equal to 120'),
  ...each(
    ['QDB_HTTP_USER', 'QDB_PG_PASSWORD_FILE', 'QDB_PG_READONLY_USER', 'QDB_HTTP_MIN_NET_BIND_TO', 'QDB_CAIRO_ROOT'],
    (name) =>
      withVariable(`the variable ${name}`, { name, value: 'x' }, 'spec.pod.env has a variable that the operator owns'),
  ),
  withVariable('a variable with a dash', { name: 'A-B' }, 'spec.pod.env[0].name'),
  withVariable(
    'two values',
    { name: 'A', value: 'b', valueFrom: { secretKeyRef: { name: 'c', key: 'd' } } },
    'a variable of spec.pod.env takes value or valueFrom, not both',
  ),
  withVariable(
    'a value from nowhere',
    { name: 'A', valueFrom: {} },
    'valueFrom of spec.pod.env takes exactly one of secretKeyRef and configMapKeyRef',
  ),
  withPod('a variable twice', { env: [{ name: 'A' }, { name: 'A' }] }, 'Duplicate value'),
];

/** What a user may say of the pod and of who reaches it. */
export const QUESTDB_POD_ROWS: CreateRow[] = [...RESOURCE_ROWS, ...NETWORK_ROWS, ...POD_ROWS];
