import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import type { Wire } from '../../hooks/api/wire.ts';

type PodSpec = Wire<V1PodSpec>;
type Container = Wire<V1Container>;

/** Volume types of the restricted profile. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

type SecurityContext = NonNullable<Container['securityContext']>;

/** The container's own value counts, else the pod's. */
const effective = (pod: PodSpec, { securityContext = {} }: Container): SecurityContext => {
  const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext ?? {};
  const inherited = { runAsNonRoot, runAsUser, seccompProfile };
  const given = Object.entries(inherited).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as SecurityContext), ...securityContext };
};

const containerViolations = (pod: PodSpec, container: Container): string[] => {
  const context = effective(pod, container);
  const { drop = [], add = [] } = context.capabilities ?? {};
  const rules: [violated: boolean, rule: string][] = [
    [context.privileged === true, 'privileged'],
    [context.allowPrivilegeEscalation !== false, 'allowPrivilegeEscalation != false'],
    [!drop.includes('ALL'), 'does not drop ALL capabilities'],
    [add.some((added) => added !== 'NET_BIND_SERVICE'), 'adds capabilities'],
    [context.runAsNonRoot !== true, 'runAsNonRoot != true'],
    [context.runAsUser === 0, 'runAsUser = 0'],
    [!['RuntimeDefault', 'Localhost'].includes(context.seccompProfile?.type ?? ''), 'no seccompProfile'],
    [(container.ports ?? []).some(({ hostPort = 0 }) => hostPort !== 0), 'hostPort'],
  ];
  return rules.filter(([violated]) => violated).map(([, rule]) => `${container.name}: ${rule}`);
};

const podViolations = ({ hostNetwork, hostPID, hostIPC, volumes }: PodSpec): string[] => [
  ...[hostNetwork, hostPID, hostIPC].flatMap((used) => (used === true ? ['host namespaces'] : [])),
  ...(volumes ?? [])
    .filter((volume) => !VOLUMES.some((type) => type in volume))
    .map(({ name }) => `volume ${name}: type not allowed`),
];

/** What of the restricted Pod Security Standard (kubernetes.io/docs/concepts/security/pod-security-standards) a pod does not keep. */
export const restrictedViolations = (pod: PodSpec): string[] => [
  ...podViolations(pod),
  ...[...pod.containers, ...(pod.initContainers ?? [])].flatMap((container) => containerViolations(pod, container)),
];
