import type { Express } from 'express';
import { Registry } from 'prom-client';
import { acceptAnyone } from '../../hooks/authorization.ts';
import type { Kinds } from '../../hooks/hook-routes.ts';
import type { KindHooks } from '../../hooks/metacontroller/contract.ts';
import { createApp, type Dependencies } from '../../hooks/server.ts';
import { keptLog } from '../fixtures/kept-log.ts';

/** Hooks that answer at once with nothing. */
export const idleHooks: KindHooks<unknown> = {
  customize: () => ({ relatedResources: [] }),
  sync: () => Promise.resolve({ status: {}, children: [] }),
  finalize: () => Promise.resolve({ status: {}, children: [], finalized: true }),
};

export const idleKinds: Kinds = { questdb: idleHooks, questdbnode: idleHooks, questdbvolume: idleHooks };

/** The application with what a test replaces; `sync` is that of the QuestDB. */
export const applicationWith = (
  replaced: Partial<Dependencies> & { sync?: KindHooks<unknown>['sync'] } = {},
): { app: Express; logged: ReturnType<typeof keptLog>; registry: Registry } => {
  const { sync, ...dependencies } = replaced;
  const logged = keptLog();
  const registry = new Registry();
  const kinds = sync === undefined ? idleKinds : { ...idleKinds, questdb: { ...idleHooks, sync } };
  const app = createApp({
    kinds,
    ready: () => true,
    log: logged.log,
    registry,
    authorize: acceptAnyone,
    isDraining: () => false,
    hookBudgetSeconds: 5,
    ...dependencies,
  });
  return { app, logged, registry };
};

const SPECS = {
  QuestDB: { version: '9.3.4', node: { instanceType: 'r6i.large' }, storage: { size: '20Gi' } },
  QuestDBNode: { instanceType: 'r6i.large', zone: 'eu-west-1a', className: 'default', databaseName: 'trades' },
  QuestDBVolume: { size: '20Gi', storageClassName: 'questdb', databaseName: 'trades' },
};

/** A parent as a user would write it, without what the schema has defaults for. */
export const parentOf = (kind: keyof typeof SPECS) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind,
  metadata: { name: 'trades', namespace: 'default', uid: '6f1c', generation: 3 },
  spec: SPECS[kind],
});

/** The body of a sync of that kind. */
export const syncBody = (kind: keyof typeof SPECS = 'QuestDB') => ({
  parent: parentOf(kind),
  children: {},
  related: {},
});

/** The error in an answer, which is all that it may have. */
export const errorOf = (response: { body: unknown }): { code: string; message: string } | undefined =>
  (response.body as { error?: { code: string; message: string } }).error;
