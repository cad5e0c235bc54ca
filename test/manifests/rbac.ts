import type { V1PolicyRule } from '@kubernetes/client-node';
import type { Wire } from '../../hooks/api/wire.ts';
import type { Kinds, Manifest } from './kinds.ts';
import { allOf } from './render.ts';

export type Rule = Wire<V1PolicyRule>;
export type Account = { namespace: string; name: string };

/** One request as the authorizer sees it: `update questdb-fleet.dev/questdbs/status`, for an object with or without a name. */
export type Attempt = { verb: string; group: string; resource: string; name?: string };

const isBoundTo = (binding: Kinds['ClusterRoleBinding'], account: Account): boolean =>
  (binding.subjects ?? []).some(
    ({ kind, name, namespace }) =>
      kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
  );

/** The cluster-wide rules of an account. A role the bindings name and the objects lack is an error. */
export const rulesOf = (objects: readonly Manifest[], account: Account): Rule[] => {
  const roles = new Map(allOf(objects, 'ClusterRole').map((role) => [role.metadata.name, role]));
  return allOf(objects, 'ClusterRoleBinding')
    .filter((binding) => isBoundTo(binding, account))
    .flatMap((binding) => {
      const role = roles.get(binding.roleRef.name);
      if (role === undefined) throw new Error(`no ClusterRole ${binding.roleRef.name}`);
      return role.rules ?? [];
    });
};

const covers = (list: readonly string[] | undefined, wanted: string): boolean =>
  (list ?? []).some((entry) => entry === '*' || entry === wanted);

const coversName = ({ resourceNames }: Rule, name: string | undefined): boolean =>
  resourceNames === undefined || resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name));

/** Whether RBAC's own reading of the rules allows it: any rule whose verb, group, resource and name all match. */
export const mayDo = (rules: readonly Rule[], { verb, group, resource, name }: Attempt): boolean =>
  rules.some(
    (rule) =>
      covers(rule.verbs, verb) &&
      covers(rule.apiGroups, group) &&
      covers(rule.resources, resource) &&
      coversName(rule, name),
  );
