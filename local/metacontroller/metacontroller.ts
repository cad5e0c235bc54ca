import { KubeConfig } from '@kubernetes/client-node';
import { dynamicApply } from './apply/dynamic-apply.ts';
import { createServerSideApply } from './apply/server-side-apply.ts';
import { createApiClient } from './api-client.ts';
import { keyOf } from './api-object.ts';
import type { SecretKey } from './composite-controller.ts';
import { runControllers } from './controllers.ts';
import { createDiscovery } from './discovery.ts';
import { createEventRecorder } from './event-recorder.ts';
import { createInformerPool, type InformerPool } from './informer-pool.ts';
import type { Informer } from './informer.ts';
import { NO_LAG, type Lag } from './lag.ts';
import { SILENT, type Logger } from './logger.ts';
import type { Resource } from './resource.ts';
import { COMPOSITE_CONTROLLERS, DEFINITIONS, MERELY_WATCHED, NAMESPACES, SECRETS } from './watched-kinds.ts';

export type ApplyStrategy = 'dynamic-apply' | 'server-side-apply';

type MetacontrollerOptions = {
  /** Path of a kubeconfig file. */
  kubeconfig: string;
  lag?: Lag;
  applyStrategy?: ApplyStrategy;
  /** Workers of each controller; 5, as Metacontroller's default. */
  workers?: number;
  log?: Logger;
};

/** Reads Secrets as Metacontroller does: through a cache, which needs list and watch on all Secrets of the cluster. */
const createSecretReader = (informers: InformerPool) => async (reference: SecretKey) => {
  const { informer } = informers.share(SECRETS);
  await informer.synced;
  const { namespace, name, key } = reference;
  const secret = informer.store.get(keyOf({ metadata: { namespace, name } }));
  if (secret === undefined)
    throw new Error(`can't get authorization secret ${namespace}/${name}: Secret "${name}" not found`);
  const value = (secret as typeof secret & { data?: Record<string, string> }).data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
};

/**
 * A stand-in for Metacontroller 4.17 for the tests and the local cluster, no part of the product: it runs every
 * CompositeController of the cluster until `close`.
 */
export const startMetacontroller = async (options: MetacontrollerOptions): Promise<{ close: () => Promise<void> }> => {
  const { lag = NO_LAG, applyStrategy = 'dynamic-apply', workers = 5, log = SILENT } = options;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(options.kubeconfig);
  const api = await createApiClient(kubeConfig);
  await api.call({ method: 'GET', path: '/api' });
  const informers = createInformerPool({ api, lag, log });
  const follow = (resource: Resource): Informer => informers.share(resource).informer;
  await Promise.all(MERELY_WATCHED.map((resource) => follow(resource).synced));
  const controllers = runControllers(
    {
      api,
      discovery: createDiscovery(api),
      informers,
      namespaces: follow(NAMESPACES),
      applier: applyStrategy === 'server-side-apply' ? createServerSideApply() : dynamicApply,
      record: createEventRecorder(api, log),
      readSecret: createSecretReader(informers),
      workers,
      log,
    },
    { controllers: follow(COMPOSITE_CONTROLLERS), definitions: follow(DEFINITIONS) },
  );
  return {
    close: async () => {
      await controllers.stop();
      informers.close();
      api.close();
    },
  };
};
