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

/** The definitions: ours as a user applies them, Metacontroller's, and those of the snapshot controller. */
const applyDefinitions = async (settings: Settings, env: NodeJS.ProcessEnv): Promise<void> => {
  const metacontroller = env.METACONTROLLER_CRDS ?? join(REPOSITORY, 'local', 'metacontroller', 'crds');
  await Promise.all([
    kubectl(settings, ['apply', '-k', join(REPOSITORY, 'crds')]),
    kubectl(settings, ['apply', '-f', metacontroller]),
    kubectl(settings, ['apply', '-k', assetPath('snapshot-crds')]),
  ]);
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
 * Installs QuestDB Fleet into a running API server as a user would, and what the local cluster adds: the CSIDriver, the
 * hook token, a node class, and kubeconfigs for the hooks and Metacontroller. Applying it all again changes nothing.
 */
export const install = async (settings: Settings, env: NodeJS.ProcessEnv): Promise<void> => {
  await Promise.all([
    applyDefinitions(settings, env),
    kubectl(settings, ['apply', '-f', join(import.meta.dirname, 'csi-driver.yaml')]),
  ]);
  if (!existsSync(OVERLAY)) {
    console.log('manifests/overlays/local: not there yet');
    return;
  }
  await applyManifests(settings);
  await Promise.all([
    applyHookToken(settings),
    applyNodeClass(settings),
    writeServiceAccountKubeconfig(settings, 'hooks'),
    writeServiceAccountKubeconfig(settings, 'metacontroller'),
  ]);
};
