import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { kubectl, waitForDefinitions } from '../../../local/controlplane/kubectl.ts';
import { createApiClient, type ApiClient } from '../../../local/metacontroller/api-client.ts';
import type { ApplyStrategy } from '../../../local/metacontroller/metacontroller.ts';
import { actOnPart } from '../../../local/processes/control.ts';
import { startCluster, stopCluster } from '../../../local/processes/cluster.ts';
import { eventually } from '../../harness/eventually.ts';
import { startHookServer, type Answer, type Call, type Handler, type HookServer, type Stored } from './hook-server.ts';
import { startSubject } from './subject.ts';

const CRDS = resolve(import.meta.dirname, '../../../local/metacontroller/crds');

const API_PATHS: Record<string, string> = {
  Thing: '/apis/test.questdb-fleet.dev/v1/namespaces/{namespace}/things',
  ConfigMap: '/api/v1/namespaces/{namespace}/configmaps',
  Service: '/api/v1/namespaces/{namespace}/services',
  Secret: '/api/v1/namespaces/{namespace}/secrets',
  Event: '/api/v1/namespaces/{namespace}/events',
  Namespace: '/api/v1/namespaces',
  PriorityClass: '/apis/scheduling.k8s.io/v1/priorityclasses',
  CompositeController: '/apis/metacontroller.k8s.io/v1alpha1/compositecontrollers',
  CustomResourceDefinition: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
};

/** Reads and writes objects as an administrator. */
export const createObjects = (api: ApiClient) => {
  const path = (kind: string, namespace: string, name?: string): string =>
    (API_PATHS[kind] ?? kind).replace('{namespace}', namespace) + (name === undefined ? '' : `/${name}`);
  return {
    create: (object: { kind: string; metadata: object; [field: string]: unknown }, namespace = '') =>
      api.call<Stored>({ method: 'POST', path: path(object.kind, namespace), body: object }),
    get: (kind: string, namespace: string, name: string) =>
      api.call<Stored>({ method: 'GET', path: path(kind, namespace, name) }),
    find: (kind: string, namespace: string, name: string) =>
      api.call<Stored>({ method: 'GET', path: path(kind, namespace, name) }).catch(() => undefined),
    list: async (kind: string, namespace: string) =>
      (await api.call<{ items: Stored[] }>({ method: 'GET', path: path(kind, namespace) })).items,
    patch: (kind: string, namespace: string, name: string, body: object) =>
      api.call<Stored>({
        method: 'PATCH',
        path: path(kind, namespace, name),
        body,
        contentType: 'application/merge-patch+json',
      }),
    remove: (kind: string, namespace: string, name: string, propagationPolicy = 'Background') =>
      api.call<Stored>({ method: 'DELETE', path: path(kind, namespace, name), body: { propagationPolicy } }),
  };
};

const thingDefinition = (plural: string, kind: string, subresources: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.test.questdb-fleet.dev` },
  spec: {
    group: 'test.questdb-fleet.dev',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

export type ControllerOptions = {
  /** Answers by hook; a hook without a handler is not configured. */
  hooks: { customize?: Handler; sync?: Handler; finalize?: Handler };
  /** Fields of `spec`, over the defaults. */
  spec?: Record<string, unknown>;
  /** Fields of each `webhook`. */
  webhook?: Record<string, unknown>;
};

export const CHILD_KINDS = [
  { apiVersion: 'v1', resource: 'configmaps', updateStrategy: { method: 'InPlace' } },
  { apiVersion: 'v1', resource: 'services', updateStrategy: { method: 'InPlace' } },
];

/** One controller of its own for a test: it sees only parents whose label `test` is its name. */
const createBench = async (
  { objects, hooks }: { objects: ReturnType<typeof createObjects>; hooks: HookServer },
  name: string,
  options: ControllerOptions,
) => {
  const hookSpecs = Object.entries(options.hooks).map(([hook, handler]) => {
    hooks.on(`/${name}/${hook}`, handler);
    return [hook, { version: 'v2', webhook: { url: hooks.urlOf(`/${name}/${hook}`), ...options.webhook } }] as const;
  });
  await objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await objects.create({
    apiVersion: 'metacontroller.k8s.io/v1alpha1',
    kind: 'CompositeController',
    metadata: { name },
    spec: {
      generateSelector: true,
      parentResource: {
        apiVersion: 'test.questdb-fleet.dev/v1',
        resource: 'things',
        ignoreStatusChanges: true,
        labelSelector: { matchLabels: { test: name } },
      },
      childResources: CHILD_KINDS,
      hooks: Object.fromEntries(hookSpecs),
      ...options.spec,
    },
  });
  return {
    namespace: name,
    /** Calls about parents of this test: customize is asked about every parent of the kind, whatever its labels. */
    calls: (hook: string): Call[] =>
      hooks.calls(`/${name}/${hook}`).filter(({ request }) => request.parent.metadata.namespace === name),
    answer: (hook: string, handler: Handler) => hooks.on(`/${name}/${hook}`, handler),
    parent: (parent = 'one', spec: object = {}, metadata: object = {}) =>
      objects.create(
        {
          apiVersion: 'test.questdb-fleet.dev/v1',
          kind: 'Thing',
          metadata: { name: parent, labels: { test: name }, ...metadata },
          spec,
        },
        name,
      ),
    warnings: async () => {
      const events = (await objects.list('Event', name)) as unknown as {
        type: string;
        reason: string;
        message: string;
      }[];
      return events.filter(({ type }) => type === 'Warning').map(({ reason, message }) => `${reason}: ${message}`);
    },
  };
};

/**
 * Waits until the garbage collector has seen all there is: it is given one more parent and child, and takes both. A
 * child it has not seen yet is no obstacle to a foreground deletion, which would then end before it began.
 */
const waitForGarbageCollector = async (objects: ReturnType<typeof createObjects>): Promise<void> => {
  const owner = { apiVersion: 'test.questdb-fleet.dev/v1', kind: 'Thing' };
  const { uid } = (await objects.create({ ...owner, metadata: { name: 'owner' } }, 'default')).metadata;
  const ownerReferences = [{ ...owner, name: 'owner', uid, blockOwnerDeletion: true }];
  await objects.create(configMap('owned', {}, { ownerReferences }), 'default');
  await objects.remove('Thing', 'default', 'owner', 'Foreground');
  await eventually(async () => {
    const left = [await objects.find('Thing', 'default', 'owner'), await objects.find('ConfigMap', 'default', 'owned')];
    if (left.some((object) => object !== undefined)) throw new Error('the garbage collector does not collect');
  }, 120);
};

/** A control plane, the program under test and a hook server. */
export const startWorld = async (applyStrategy: ApplyStrategy = 'dynamic-apply') => {
  const stateDir = mkdtempSync(join(tmpdir(), 'metacontroller-contract-'));
  const settings = await startCluster({ stateDir, components: 'control-plane' });
  await kubectl(settings, ['apply', '-f', process.env.METACONTROLLER_CRDS ?? CRDS]);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(settings.paths.kubeconfig);
  const api = await createApiClient(kubeConfig);
  const objects = createObjects(api);
  await objects.create(thingDefinition('things', 'Thing', { status: {} }));
  await objects.create(thingDefinition('plainthings', 'PlainThing', {}));
  await waitForDefinitions(settings);
  // Else its garbage collector hears of the new kinds half a minute later.
  await actOnPart(settings, 'kube-controller-manager', 'restart');
  const hooks = await startHookServer();
  const subject = await startSubject(settings, applyStrategy);
  return {
    subject,
    objects,
    api,
    collectsGarbage: () => waitForGarbageCollector(objects),
    controller: (name: string, options: ControllerOptions) => createBench({ objects, hooks }, name, options),
    close: async () => {
      await subject.stop();
      hooks.close();
      api.close();
      await stopCluster({ stateDir, remove: true });
    },
  };
};

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A ConfigMap as a hook wishes for it. */
export const configMap = (name: string, data: Record<string, string> = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

/** A sync handler that always wants these children. */
export const wanting =
  (...children: object[]): Handler =>
  (): Answer => ({ body: { status: { phase: 'Up' }, children } });
