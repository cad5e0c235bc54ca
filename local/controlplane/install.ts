import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { DEFAULT_PORTS, type Settings } from '../settings.ts';
import { assetPath } from './binaries.ts';
import { apiServerUrl } from './credentials.ts';
import { applyText, kubectl, waitForDefinitions } from './kubectl.ts';
import { readAuthority } from './pki.ts';
import { writeServiceAccountKubeconfig } from './service-accounts.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const OVERLAY = join(REPOSITORY, 'manifests', 'overlays', 'local');

/** A directory with a kustomization is applied as such, as `crds/` is; other directories and files as they are. */
const applyPath = (settings: Settings, path: string): Promise<string> =>
  kubectl(settings, ['apply', existsSync(join(path, 'kustomization.yaml')) ? '-k' : '-f', path]);

/** Installs the custom resource definitions: ours as a user does, Metacontroller's, the snapshot controller's. */
export const installDefinitions = async (settings: Settings, env: NodeJS.ProcessEnv): Promise<void> => {
  const metacontroller = env.METACONTROLLER_CRDS ?? join(REPOSITORY, 'local', 'metacontroller', 'crds');
  if (!existsSync(metacontroller)) throw new Error(`METACONTROLLER_CRDS names ${metacontroller}, which is not there.`);
  const paths = [join(REPOSITORY, 'crds'), metacontroller, assetPath('snapshot-crds')];
  await Promise.all(paths.map((path) => applyPath(settings, path)));
  await waitForDefinitions(settings);
};

/** The overlay names the default port of the hooks; a cluster with ports of its own needs its own there. */
const applyManifests = async (settings: Settings): Promise<void> => {
  if (settings.ports.hooks === DEFAULT_PORTS.hooks) {
    await kubectl(settings, ['apply', '-k', OVERLAY]);
    return;
  }
  const manifests = await kubectl(settings, ['kustomize', OVERLAY]);
  const hooks = (port: number) => `127.0.0.1:${port}`;
  await applyText(settings, manifests.replaceAll(hooks(DEFAULT_PORTS.hooks), hooks(settings.ports.hooks)));
};

/** The token that Metacontroller shows the hooks: made once, kept in the state directory, given to both sides. */
const applyHookToken = async (settings: Settings): Promise<void> => {
  const path = settings.paths.hookTokenFile;
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  const token = readFileSync(path, 'utf8').split('\n')[0] ?? '';
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: 'questdb-fleet', name: 'questdb-fleet-hook-token' },
    stringData: { token },
  };
  await applyText(settings, stringify(secret));
};

type NodeClass = { spec: { cluster: Record<string, string> } };

const applyNodeClass = async (settings: Settings): Promise<void> => {
  const template = parse(readFileSync(join(import.meta.dirname, 'node-class.yaml'), 'utf8')) as NodeClass;
  const cluster = {
    ...template.spec.cluster,
    apiServerEndpoint: apiServerUrl(settings),
    certificateAuthority: Buffer.from(readAuthority(settings.paths.pki)).toString('base64'),
  };
  await applyText(settings, stringify({ ...template, spec: { ...template.spec, cluster } }));
};

/**
 * Installs QuestDB Fleet into an API server that has the definitions, as a user would, and what the local cluster adds:
 * the CSIDriver, the hook token, a node class, kubeconfigs for hooks and Metacontroller. Doing it again changes nothing.
 */
export const installManifests = async (settings: Settings): Promise<void> => {
  await Promise.all([applyManifests(settings), applyPath(settings, join(import.meta.dirname, 'csi-driver.yaml'))]);
  await Promise.all([
    applyHookToken(settings),
    applyNodeClass(settings),
    writeServiceAccountKubeconfig(settings, 'hooks'),
    writeServiceAccountKubeconfig(settings, 'metacontroller'),
  ]);
};
