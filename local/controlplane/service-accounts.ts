import type { Settings } from '../settings.ts';
import { kubeconfigOf, writeKubeconfig } from './credentials.ts';
import { kubectl } from './kubectl.ts';

const TEN_YEARS = `${10 * 365 * 24}h`;

/** The ServiceAccounts that the manifests give the two programs which run here as processes. */
const ACCOUNTS = {
  hooks: { namespace: 'questdb-fleet', name: 'questdb-fleet-hooks' },
  metacontroller: { namespace: 'metacontroller', name: 'metacontroller' },
} as const;

/** Writes a component's kubeconfig with a token of its ServiceAccount, so the manifests' own RBAC holds for it. */
export const writeServiceAccountKubeconfig = async (
  settings: Settings,
  component: keyof typeof ACCOUNTS,
): Promise<void> => {
  const { namespace, name } = ACCOUNTS[component];
  const token = await kubectl(settings, [
    'create',
    'token',
    name,
    `--namespace=${namespace}`,
    `--duration=${TEN_YEARS}`,
  ]);
  const user = { name: `system:serviceaccount:${namespace}:${name}`, token: token.trim() };
  writeKubeconfig(settings, kubeconfigOf(settings, component), user);
};
