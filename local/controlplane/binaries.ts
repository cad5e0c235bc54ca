import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Go module that pins every tool; its `tool` directives are the list of what gets built. */
export const MODULE_DIRECTORY = import.meta.dirname;

export const KUBERNETES_VERSION = 'v1.36.4';

/** What the module builds, by the name of the executable. */
export const TOOLS = {
  etcd: 'go.etcd.io/etcd/server/v3',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'csi-provisioner': 'github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner',
  'csi-attacher': 'github.com/kubernetes-csi/external-attacher/v4/cmd/csi-attacher',
  'csi-resizer': 'github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer',
  'csi-snapshotter': 'github.com/kubernetes-csi/external-snapshotter/v8/cmd/csi-snapshotter',
  'snapshot-controller': 'github.com/kubernetes-csi/external-snapshotter/v8/cmd/snapshot-controller',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
} as const;

export type Tool = keyof typeof TOOLS;

const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.');

/** client-go and component-base each hold a copy of the version; without it the API server reports v0.0.0. */
const versionFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((module) => [
  `-X ${module}.gitVersion=${KUBERNETES_VERSION}`,
  `-X ${module}.gitMajor=${major}`,
  `-X ${module}.gitMinor=${minor}`,
]);

export const BUILD_FLAGS = ['-trimpath', '-ldflags', ['-s -w', ...versionFlags].join(' ')];

/** The user's cache directory for this project; engine and tool versions live side by side in it. */
export const cacheDirectory = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'questdb-fleet');

const goIdentity = (): string => {
  try {
    return execFileSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { encoding: 'utf8' });
  } catch (cause) {
    throw new Error('Go is not on PATH. Install Go 1.26 or newer (https://go.dev/dl) and try again.', { cause });
  }
};

let installation: string | undefined;

/** Where this version of the tools is, or will be: the hash covers everything that shapes a binary. */
export const installationDirectory = (): string => {
  if (installation !== undefined) return installation;
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(readFileSync(join(MODULE_DIRECTORY, name)));
  hash.update(JSON.stringify([TOOLS, BUILD_FLAGS])).update(goIdentity());
  installation = join(cacheDirectory(), hash.digest('hex').slice(0, 16));
  return installation;
};

/** True when `npm run local -- build` (or `up`) has already built this version. */
export const binariesAreBuilt = (): boolean => existsSync(installationDirectory());

const installed = (path: string): string => {
  if (!binariesAreBuilt()) throw new Error('The tools are not built yet: run `npm run local -- build` first.');
  return join(installationDirectory(), path);
};

/** Path of a built tool; throws when nothing is built, because a test never builds on the quiet. */
export const binaryPath = (tool: Tool): string => installed(join('bin', tool));

/** Files copied out of the Go modules: the CSI protocol, the snapshot CRDs, the KWOK stages. */
export const assetPath = (asset: 'csi.proto' | 'snapshot-crds' | 'kwok-stages'): string => installed(asset);
