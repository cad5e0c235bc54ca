import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfig, SETTINGS } from '../../hooks/config.ts';
import type { Kinds, Manifest } from './kinds.ts';
import { restrictedViolations } from './pod-security.ts';
import { oneOf, render } from './render.ts';

const base = render('base');
const example = render('overlays/example');

const podOf = ({ spec }: Kinds['Deployment']) => {
  const pod = spec?.template.spec;
  const [container] = pod?.containers ?? [];
  if (pod === undefined || container === undefined) throw new Error('no container');
  return { pod, container };
};

/** The environment the container gets: its ConfigMap, then its own values. */
const environmentOf = (objects: Manifest[]): Record<string, string> => {
  const { container } = podOf(oneOf(objects, 'Deployment'));
  const fromMaps = (container.envFrom ?? []).map(({ configMapRef, ...rest }) => {
    expect(rest).toEqual({});
    expect(configMapRef?.optional).toBeUndefined();
    return oneOf(objects, 'ConfigMap', configMapRef?.name).data ?? {};
  });
  const own = (container.env ?? []).map(({ name, value }) => [name, value ?? '']);
  return Object.assign({}, ...fromMaps, Object.fromEntries(own)) as Record<string, string>;
};

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

describe('the configuration', () => {
  it('stops the start of the base alone: the cluster and the region have no default', () => {
    expect(problemsOf(environmentOf(base)).map((problem) => problem.split(' ')[0])).toEqual([
      'CLUSTER_NAME',
      'AWS_REGION',
    ]);
  });

  it('is complete in the example', () => {
    expect(problemsOf(environmentOf(example))).toEqual([]);
  });

  it('has no variable the hooks do not know', () => {
    const known: string[] = Object.values(SETTINGS).map(({ name }) => name);
    for (const name of Object.keys(environmentOf(example))) expect(known).toContain(name);
  });

  it('points to no other EC2', () => {
    for (const objects of [base, example])
      expect(Object.keys(environmentOf(objects)).filter((name) => name.startsWith('AWS_'))).toEqual(['AWS_REGION']);
  });
});

describe.each([
  ['base', base],
  ['overlays/example', example],
])('the Deployment of %s', (_, objects) => {
  const deployment = oneOf(objects, 'Deployment');
  const { pod, container } = podOf(deployment);

  it('keeps the restricted Pod Security profile, which its namespace enforces', () => {
    expect(restrictedViolations(pod)).toEqual([]);
    expect(oneOf(objects, 'Namespace').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it('writes nowhere', () => {
    expect(container.securityContext?.readOnlyRootFilesystem).toBe(true);
    expect(container.volumeMounts ?? []).toEqual([]);
  });

  it('is selected by its Service, its PodDisruptionBudget and its NetworkPolicies', () => {
    const labels = deployment.spec?.template.metadata?.labels ?? {};
    expect(labels).toMatchObject(deployment.spec?.selector.matchLabels ?? { none: '' });
    expect(labels).toMatchObject(oneOf(objects, 'Service').spec?.selector ?? { none: '' });
    expect(labels).toMatchObject(oneOf(objects, 'PodDisruptionBudget').spec?.selector?.matchLabels ?? { none: '' });
  });

  it('listens where the Service and the probes look', () => {
    const [port] = container.ports ?? [];
    expect(String(port?.containerPort)).toBe(environmentOf(objects).PORT);
    expect(port?.name).toBe('http');
    expect(container.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' });
    expect(container.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'http' });
    expect(container.startupProbe?.httpGet).toEqual({ path: '/healthz', port: 'http' });
  });

  it('has time to drain: the delay of the shutdown, and the longest call Metacontroller waits for', () => {
    const delay = Number(SETTINGS.shutdownDelaySeconds.default);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(delay + 10);
  });

  it('leaves one of two serving, when upgraded and when a Node is drained', () => {
    expect(deployment.spec?.replicas).toBe(2);
    expect(deployment.spec?.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(oneOf(objects, 'PodDisruptionBudget').spec?.maxUnavailable).toBe(1);
    expect((pod.topologySpreadConstraints ?? []).map(({ topologyKey }) => topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
  });

  it('asks for what it needs and has a limit on memory', () => {
    expect(container.resources?.requests).toEqual({ cpu: '100m', memory: '192Mi' });
    expect(container.resources?.limits).toEqual({ memory: '512Mi' });
  });

  it('has the token of its own account, which gives it to nothing else', () => {
    expect(pod.serviceAccountName).toBe('questdb-fleet-hooks');
    expect(pod.automountServiceAccountToken).toBe(true);
    expect(oneOf(objects, 'ServiceAccount', 'questdb-fleet-hooks').automountServiceAccountToken).toBe(false);
  });
});

describe('the evaluator of the restricted profile', () => {
  const good = podOf(oneOf(base, 'Deployment'));
  it.each<[what: string, change: object, violation: string]>([
    ['root', { securityContext: { ...good.container.securityContext, runAsUser: 0 } }, 'hooks: runAsUser = 0'],
    ['no context', { securityContext: {} }, 'hooks: allowPrivilegeEscalation != false'],
    ['a host port', { ports: [{ containerPort: 1, hostPort: 1 }] }, 'hooks: hostPort'],
  ])('sees %s', (_, change, violation) => {
    const changed = { ...good.pod, containers: [{ ...good.container, ...change }] };
    expect(restrictedViolations(changed)).toContain(violation);
  });

  it('sees a host path', () => {
    const volumes = [{ name: 'host', hostPath: { path: '/' } }];
    expect(restrictedViolations({ ...good.pod, volumes })).toEqual(['volume host: type not allowed']);
  });
});
