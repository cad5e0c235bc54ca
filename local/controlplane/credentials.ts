import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Settings } from '../settings.ts';
import { readAuthority } from './pki.ts';

/** Users of the local cluster and their groups; each has a token, so who did what shows, and RBAC can be tested. */
const USERS: Record<string, { user: string; groups: string[] }> = {
  admin: { user: 'admin', groups: ['system:masters'] },
  'controller-manager': { user: 'system:kube-controller-manager', groups: [] },
  scheduler: { user: 'system:kube-scheduler', groups: [] },
  csi: { user: 'local:csi', groups: ['system:masters'] },
  router: { user: 'local:router', groups: ['system:masters'] },
  machines: { user: 'local:machines', groups: ['system:masters'] },
  cloudcontroller: { user: 'local:cloudcontroller', groups: ['system:masters'] },
  kwok: { user: 'local:kwok', groups: ['system:masters'] },
};

/** Where the API server reads the static tokens: `token,user,uid,"group,group"` a line. */
export const tokensFile = (settings: Settings): string => join(settings.paths.pki, 'tokens.csv');

const parseTokens = (csv: string): Map<string, string> =>
  new Map(
    csv
      .split('\n')
      .map((line) => line.split(','))
      .flatMap(([token, user]) => (token && user ? [[user, token] as const] : [])),
  );

/** Tokens survive restarts, for a kubeconfig somebody copied keeps working; users that are new get theirs. */
const ensureTokens = (settings: Settings): Map<string, string> => {
  const path = tokensFile(settings);
  const known = existsSync(path) ? parseTokens(readFileSync(path, 'utf8')) : new Map<string, string>();
  const lines = Object.values(USERS).map(({ user, groups }) => {
    const token = known.get(user) ?? randomBytes(24).toString('hex');
    known.set(user, token);
    return [token, user, user, ...(groups.length > 0 ? [`"${groups.join(',')}"`] : [])].join(',');
  });
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return known;
};

/** Writes a kubeconfig for a bearer token. */
export const writeKubeconfig = (settings: Settings, path: string, user: { name: string; token: string }): void => {
  const authority = Buffer.from(readAuthority(settings.paths.pki)).toString('base64');
  const server = apiServerUrl(settings);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'questdb-fleet-local', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [
      {
        name: 'questdb-fleet-local',
        context: { cluster: 'questdb-fleet-local', user: user.name, namespace: 'default' },
      },
    ],
    'current-context': 'questdb-fleet-local',
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
};

export const apiServerUrl = (settings: Settings): string => `https://127.0.0.1:${settings.ports.apiserver}`;

/** Path of a component's kubeconfig. */
export const kubeconfigOf = (settings: Settings, component: string): string =>
  join(settings.paths.kubeconfigs, `${component}.kubeconfig`);

/** Writes tokens.csv, the administrator's kubeconfig and one per user with a static token. */
export const writeCredentials = (settings: Settings): void => {
  mkdirSync(settings.paths.kubeconfigs, { recursive: true, mode: 0o700 });
  const tokens = ensureTokens(settings);
  for (const [component, { user }] of Object.entries(USERS)) {
    const path = component === 'admin' ? settings.paths.kubeconfig : kubeconfigOf(settings, component);
    writeKubeconfig(settings, path, { name: user, token: tokens.get(user) ?? '' });
  }
};
