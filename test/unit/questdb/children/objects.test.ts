import { describe, expect, it } from 'vitest';
import { configMap } from '../../../../hooks/questdb/children/configmap.ts';
import { podTemplate } from '../../../../hooks/questdb/children/pod-template.ts';
import { podDisruptionBudget } from '../../../../hooks/questdb/children/poddisruptionbudget.ts';
import { questdbNode } from '../../../../hooks/questdb/children/questdbnode.ts';
import { questdbVolume } from '../../../../hooks/questdb/children/questdbvolume.ts';
import { engineOf, engineOfImage } from '../../../../hooks/questdb/engine.ts';
import { statefulSet } from '../../../../hooks/questdb/children/statefulset.ts';
import { requestsFrom } from '../../../../hooks/questdb/requests.ts';
import {
  A_STORAGE,
  LABELS,
  SELECTOR,
  aDatabase,
  NODE_UID,
  ON_NODE_INPUT,
  OWN_NODE,
  POD_INPUT,
  A_SECRET,
} from '../../../fixtures/questdb.ts';

describe('server.conf', () => {
  const confOf = (config?: Record<string, string>) =>
    configMap(aDatabase({ spec: config === undefined ? {} : { config } })).data?.['server.conf'];

  it.each([
    ['nothing', undefined, ''],
    ['keys in order', { b: '2', a: '1' }, 'a=1\nb=2\n'],
    ['a backslash, which begins an escape in a properties file', { a: 'C:\\x' }, 'a=C:\\\\x\n'],
    ['a value that is empty', { a: '' }, 'a=\n'],
  ])('has %s', (_name, config, text) => {
    expect(confOf(config)).toBe(text);
  });

  it('lies in a ConfigMap with the other files the engine insists on', () => {
    const { metadata, data } = configMap(aDatabase());
    expect(metadata).toEqual({ name: 'trades-config', labels: LABELS });
    expect(Object.keys(data ?? {})).toEqual(['server.conf', 'log.conf', 'date.formats', 'mime.types']);
    expect(data?.['mime.types']).toMatch(/^text\/html html htm$/m);
    expect(data?.['log.conf']).toContain('w.stdout.class=io.questdb.log.LogConsoleWriter');
  });
});

describe('the pod', () => {
  const template = podTemplate(aDatabase(), POD_INPUT);
  const container = template.spec?.containers[0];

  it('meets the restricted profile of Pod Security', () => {
    expect(template.spec?.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(template.spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(template.spec?.terminationGracePeriodSeconds).toBe(120);
  });

  it('mounts the whole volume, and the configuration read-only', () => {
    const mounts = Object.fromEntries((container?.volumeMounts ?? []).map((mount) => [mount.name, mount]));
    expect(mounts).toEqual({
      data: { name: 'data', mountPath: '/var/lib/questdb' },
      config: { name: 'config', mountPath: '/var/lib/questdb/conf', readOnly: true },
      tmp: { name: 'tmp', mountPath: '/tmp' },
      credentials: { name: 'credentials', mountPath: '/etc/questdb/credentials', readOnly: true },
    });
    expect(template.spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'trades-data' } },
      { name: 'config', configMap: { name: 'trades-config' } },
      { name: 'tmp', emptyDir: {} },
      {
        name: 'credentials',
        secret: { secretName: 'trades-credentials', items: [{ key: 'password', path: 'password' }] },
      },
    ]);
  });

  it('mounts no password where the engine does not read one', () => {
    const engine = engineOfImage('questdb/questdb:9.2.3');
    const old = podTemplate(aDatabase(), { ...POD_INPUT, engine });
    const names = [old.spec?.volumes, old.spec?.containers[0]?.volumeMounts].map((list) =>
      list?.map(({ name }) => name),
    );
    expect(names).toEqual([
      ['data', 'config', 'tmp'],
      ['data', 'config', 'tmp'],
    ]);
  });

  it('is probed at /status, first until it has started', () => {
    const httpGet = { path: '/status', port: 'http-min', scheme: 'HTTP' };
    const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet)).toEqual(
      Array(3).fill(httpGet),
    );
    expect((startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0)).toBe(3600);
    expect((livenessProbe?.periodSeconds ?? 0) * (livenessProbe?.failureThreshold ?? 0)).toBe(300);
    expect(readinessProbe).toMatchObject({ periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 });
  });

  it.each([
    [undefined, 'questdb/questdb:9.3.4'],
    [{ repository: 'mirror.example/questdb' }, 'mirror.example/questdb:9.3.4'],
    [{ repository: 'questdb/questdb', digest: 'sha256:ab' }, 'questdb/questdb:9.3.4@sha256:ab'],
  ])('runs the image %j', (image, name) => {
    const database = aDatabase({ spec: image === undefined ? {} : { image } });
    const engine = engineOf(database.spec);
    expect(podTemplate(database, { ...POD_INPUT, engine }).spec?.containers[0]?.image).toBe(name);
    expect(engineOfImage(name)).toEqual(engine);
  });

  it('goes to any node with modest requests', () => {
    expect(container?.resources).toEqual({ requests: { cpu: '250m', memory: '512Mi' } });
    expect(template.spec).not.toHaveProperty('nodeSelector');
    expect(template.spec).not.toHaveProperty('tolerations');
  });

  it('goes to its own node by the uid of the QuestDBNode, with requests and no limits', () => {
    const { spec } = podTemplate(aDatabase(), ON_NODE_INPUT);
    expect(spec?.nodeSelector).toEqual({ 'questdb-fleet.dev/node': NODE_UID });
    expect(spec?.tolerations).toEqual([
      { key: 'questdb-fleet.dev/dedicated', operator: 'Equal', value: NODE_UID, effect: 'NoSchedule' },
    ]);
    expect(spec?.containers[0]?.resources).toEqual({ requests: { cpu: '6320m', memory: '48Gi' } });
  });
});

describe('what the pod asks a node for', () => {
  it.each([
    [
      { cpu: '7900m', memory: '60Gi' },
      { cpu: '6320m', memory: '48Gi' },
    ],
    [
      { cpu: '10', memory: '1000Mi' },
      { cpu: '8', memory: '800Mi' },
    ],
    [
      { cpu: '1001m', memory: '11Mi' },
      { cpu: '800m', memory: '8Mi' },
    ],
    [{}, { cpu: '0', memory: '0' }],
  ])('%j', (allocatable, requests) => {
    expect(requestsFrom(allocatable)).toEqual(requests);
  });
});

describe('the StatefulSet', () => {
  it('has one pod, the fixed selector, and says by whom it was made', () => {
    const set = statefulSet(aDatabase(), POD_INPUT);
    expect(set.metadata).toEqual({
      name: 'trades',
      labels: LABELS,
      annotations: { 'questdb-fleet.dev/template-revision': '1' },
    });
    expect(set.spec).toMatchObject({
      podManagementPolicy: 'Parallel',
      replicas: 1,
      revisionHistoryLimit: 2,
      serviceName: 'trades-pods',
      selector: { matchLabels: SELECTOR },
    });
    expect(set.spec).not.toHaveProperty('volumeClaimTemplates');
    expect(statefulSet(aDatabase(), POD_INPUT, { replicas: 0 }).spec?.replicas).toBe(0);
    expect(set.spec?.template.metadata?.labels).toEqual(LABELS);
  });

  it('carries the uid of the credentials and the hash of the template', () => {
    const annotations = statefulSet(aDatabase(), POD_INPUT).spec?.template.metadata?.annotations;
    expect(annotations).toEqual({
      'questdb-fleet.dev/config-revision': POD_INPUT.configRevision,
      'questdb-fleet.dev/credentials-revision': A_SECRET.revision,
      'questdb-fleet.dev/template-hash': expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
  });

  it('has another hash for another template alone', () => {
    const hashOf = (...args: Parameters<typeof statefulSet>) =>
      statefulSet(...args).spec?.template.metadata?.annotations?.['questdb-fleet.dev/template-hash'];
    const hash = hashOf(aDatabase(), POD_INPUT);
    expect(hashOf(aDatabase({ metadata: { labels: { a: 'b' } } }), POD_INPUT)).toBe(hash);
    expect(hashOf(aDatabase(), { ...POD_INPUT, claimName: 'x' })).not.toBe(hash);
    expect(hashOf(aDatabase(), { ...POD_INPUT, configRevision: 'x' })).not.toBe(hash);
  });
});

describe('the PodDisruptionBudget', () => {
  it('lets nobody evict the pod as long as it is ready', () => {
    expect(podDisruptionBudget('trades')).toEqual({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'trades', labels: LABELS },
      spec: { maxUnavailable: 0, selector: { matchLabels: SELECTOR }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    });
  });
});

describe('the wishes for a node and a volume', () => {
  it('say whose they are', () => {
    expect(questdbNode(aDatabase(), { name: 'trades-1', need: OWN_NODE, token: undefined })).toEqual({
      apiVersion: 'questdb-fleet.dev/v1alpha1',
      kind: 'QuestDBNode',
      metadata: { name: 'trades-1', labels: LABELS },
      spec: { databaseName: 'trades', ...OWN_NODE, relaunch: 'Allowed' },
    });
    expect(questdbVolume(aDatabase())).toEqual({
      apiVersion: 'questdb-fleet.dev/v1alpha1',
      kind: 'QuestDBVolume',
      metadata: { name: 'trades', labels: LABELS },
      spec: { databaseName: 'trades', size: '100Gi', storageClassName: 'questdb' },
    });
  });

  it('carry the request for a fresh machine, the tags, and whether a lost instance is followed by another', () => {
    const tagged = aDatabase({ spec: { node: { ...OWN_NODE, tags: { team: 'markets' } } } });
    const node = questdbNode(tagged, { name: 'trades-1', need: OWN_NODE, token: '0a1b2c3d' }, 'Never');
    expect(node.metadata).toEqual({
      name: 'trades-1',
      labels: LABELS,
      annotations: { 'questdb-fleet.dev/replacement': '0a1b2c3d' },
    });
    expect(node.spec).toMatchObject({ relaunch: 'Never', tags: { team: 'markets' } });
  });

  it.each([
    [1073741824, '1Gi'],
    ['2048Mi', '2Gi'],
    ['5G', '5000000000'],
  ])('write the size %s as %s', (size, canonical) => {
    const spec = { storage: { ...A_STORAGE, size } };
    expect(questdbVolume(aDatabase({ spec })).spec.size).toBe(canonical);
  });

  it('pass on where data comes from', () => {
    const from = { claimName: 'old' };
    const storage = { ...A_STORAGE, storageClassName: 'fast', from };
    expect(questdbVolume(aDatabase({ spec: { storage } })).spec).toMatchObject({ from, storageClassName: 'fast' });
  });
});
