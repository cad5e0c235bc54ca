import type { ParentKind, ParentKinds } from './api/kinds.ts';
import { type HookName, checkAnswer } from './metacontroller/answer.ts';
import type { KindHooks } from './metacontroller/contract.ts';
import { createGuards, type KindGuards } from './metacontroller/guard.ts';

/** The hooks of every kind, by the first part of their paths. */
export type Kinds = {
  questdb: KindHooks<ParentKinds['QuestDB']>;
  questdbnode: KindHooks<ParentKinds['QuestDBNode']>;
  questdbvolume: KindHooks<ParentKinds['QuestDBVolume']>;
};

/** One hook as it is reached: from the parsed body to what is answered as JSON. */
export type HookRoute = { hook: string; call: (body: unknown) => Promise<unknown> };

const GUARDS: { [Kind in ParentKind]: KindGuards<ParentKinds[Kind]> } = {
  QuestDB: createGuards('QuestDB'),
  QuestDBNode: createGuards('QuestDBNode'),
  QuestDBVolume: createGuards('QuestDBVolume'),
};

const routesOfKind = <Parent>(kind: ParentKind, guards: KindGuards<Parent>, hooks: KindHooks<Parent>): HookRoute[] => {
  const route = (name: HookName, call: (body: unknown) => unknown): HookRoute => ({
    hook: `${kind.toLowerCase()}/${name}`,
    call: async (body) => checkAnswer(name, await call(body)),
  });
  return [
    route('customize', (body) => hooks.customize(guards.customize(body))),
    route('sync', (body) => hooks.sync(guards.sync(body))),
    route('finalize', (body) => hooks.finalize(guards.finalize(body))),
  ];
};

/** The table of hook routes: `POST /<hook>`. */
export const hookRoutes = (kinds: Kinds): HookRoute[] => [
  ...routesOfKind('QuestDB', GUARDS.QuestDB, kinds.questdb),
  ...routesOfKind('QuestDBNode', GUARDS.QuestDBNode, kinds.questdbnode),
  ...routesOfKind('QuestDBVolume', GUARDS.QuestDBVolume, kinds.questdbvolume),
];
