import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AuthenticationV1TokenRequest,
  V1Container,
  V1Pod,
  V1ServiceAccountTokenProjection,
  V1Volume,
} from '@kubernetes/client-node';
import type { Api } from './api.ts';
import { orAbsent } from './api.ts';
import { removeTree, writeAtomically } from './atomic-writer.ts';
import type { Disks } from './disks.ts';
import type { References } from './environment.ts';
import type { PodFacts } from './fields.ts';
import type { Image } from './images.ts';
import type { Mount } from './mounts.ts';
import { filesOf, type Sources } from './volume-files.ts';
import { asModel, identityOf } from './shape.ts';

/** The volumes of one pod on its machine. */
export type PodVolumes = {
  /** Makes every volume usable; throws what it waits for, and may be called again. */
  prepare: () => Promise<void>;
  /** Brings what the API's objects fill up to date: ConfigMaps, Secrets, projections. */
  refresh: () => Promise<void>;
  /** What the container sees of the host, its image's own folders included. */
  mountsOf: (container: V1Container, image: Image) => Promise<Mount[]>;
  /** Takes the disks away and removes the pod's folder with every secret in it. */
  cleanUp: () => Promise<void>;
};

const TOKEN_SECONDS = 3600;
/** A token is renewed when a good part of its life is over. */
const TOKEN_AGE_MS = 0.8 * TOKEN_SECONDS * 1000;

const tokenSource = (api: Api, pod: V1Pod) => {
  const known = new Map<string, { token: string; at: number }>();
  return async (request: V1ServiceAccountTokenProjection): Promise<string> => {
    const cached = known.get(request.path);
    if (cached !== undefined && Date.now() - cached.at < TOKEN_AGE_MS) return cached.token;
    const { name, uid, namespace } = identityOf(pod);
    const answer = await api.core.createNamespacedServiceAccountToken({
      name: pod.spec?.serviceAccountName ?? 'default',
      namespace,
      body: asModel<AuthenticationV1TokenRequest>({
        spec: {
          audiences: request.audience === undefined ? [] : [request.audience],
          expirationSeconds: request.expirationSeconds ?? TOKEN_SECONDS,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      }),
    });
    const token = answer.status?.token ?? '';
    known.set(request.path, { token, at: Date.now() });
    return token;
  };
};

const sourcesOf = (api: Api, pod: V1Pod): Sources => {
  const namespace = pod.metadata?.namespace ?? '';
  return {
    configMap: (name) => orAbsent(api.core.readNamespacedConfigMap({ name, namespace })),
    secret: (name) => orAbsent(api.core.readNamespacedSecret({ name, namespace })),
    token: tokenSource(api, pod),
  };
};

/** What a container's environment refers to, read from the API server. */
export const referencesOf = (api: Api, pod: V1Pod): References => {
  const { configMap, secret } = sourcesOf(api, pod);
  return {
    configMap: async (name) => {
      const object = await configMap(name);
      return object && (object.data ?? {});
    },
    secret: async (name) => {
      const object = await secret(name);
      if (object === undefined) return undefined;
      const entries = Object.entries(object.data ?? {});
      return Object.fromEntries(entries.map(([key, data]) => [key, Buffer.from(data, 'base64').toString('utf8')]));
    },
  };
};

/** The volumes of a pod; its files lie in `folder`, `<machines>/<node>/pods/<uid>`. */
export const podVolumes = (api: Api, disks: Disks, folder: string, facts: PodFacts): PodVolumes => {
  const { pod } = facts;
  const sources = sourcesOf(api, pod);
  const folders = new Map<string, string>();

  const fill = async (volume: V1Volume): Promise<string | undefined> => {
    const files = await filesOf(volume, facts, sources);
    if (files === undefined) return undefined;
    const at = join(folder, 'volumes', 'kubernetes.io~files', volume.name);
    await writeAtomically(at, files);
    return at;
  };
  const prepareOne = async (volume: V1Volume): Promise<string> => {
    const claim = volume.persistentVolumeClaim;
    if (claim) return disks.mount(pod, claim.claimName, claim.readOnly ?? false);
    if (volume.emptyDir) {
      const at = join(folder, 'volumes', 'kubernetes.io~empty-dir', volume.name);
      await mkdir(at, { recursive: true });
      return at;
    }
    const at = await fill(volume);
    if (at === undefined) throw new Error(`volume ${volume.name} is of a kind this kubelet does not know`);
    return at;
  };

  const mountsOf = async (container: V1Container, image: Image): Promise<Mount[]> => {
    const mounts: Mount[] = [];
    for (const { name, mountPath, subPath, readOnly } of container.volumeMounts ?? []) {
      const volume = folders.get(name);
      if (volume === undefined) throw new Error(`volume ${name} is not mounted`);
      const path = mountPath.replace(/\/+$/, '') || '/';
      mounts.push({ path, host: subPath ? join(volume, subPath) : volume, readOnly: readOnly ?? false });
    }
    for (const path of image.folders) {
      if (mounts.some((mount) => mount.path === path)) continue;
      const host = join(folder, 'containers', container.name, 'rootfs', path);
      const readOnly = container.securityContext?.readOnlyRootFilesystem ?? false;
      await mkdir(host, { recursive: true });
      await chmod(host, readOnly ? 0o555 : 0o755);
      mounts.push({ path, host, readOnly });
    }
    return mounts;
  };

  return {
    prepare: async () => {
      for (const volume of pod.spec?.volumes ?? []) {
        if (!folders.has(volume.name)) folders.set(volume.name, await prepareOne(volume));
      }
    },
    refresh: async () => {
      for (const volume of pod.spec?.volumes ?? []) await fill(volume);
    },
    mountsOf,
    cleanUp: async () => {
      await disks.unmountAll(pod.metadata?.uid ?? '');
      await removeTree(folder);
    },
  };
};
