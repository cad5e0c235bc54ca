import type {
  V1ConfigMap,
  V1DownwardAPIVolumeFile,
  V1KeyToPath,
  V1Pod,
  V1Secret,
  V1ServiceAccountTokenProjection,
  V1Volume,
  V1VolumeProjection,
} from '@kubernetes/client-node';
import type { Files } from './atomic-writer.ts';
import { fieldOf, resourceOf, type PodFacts } from './fields.ts';

/** Where the content of a pod's volumes comes from; undefined when there is no such object. */
export type Sources = {
  configMap: (name: string) => Promise<V1ConfigMap | undefined>;
  secret: (name: string) => Promise<V1Secret | undefined>;
  token: (request: V1ServiceAccountTokenProjection) => Promise<string>;
};

const DEFAULT_MODE = 0o644;

type Content = Map<string, Buffer>;

const contentOfConfigMap = (object: V1ConfigMap): Content =>
  new Map([
    ...Object.entries(object.data ?? {}).map(([key, text]) => [key, Buffer.from(text)] as const),
    ...Object.entries(object.binaryData ?? {}).map(([key, data]) => [key, Buffer.from(data, 'base64')] as const),
  ]);

const contentOfSecret = (object: V1Secret): Content =>
  new Map(Object.entries(object.data ?? {}).map(([key, data]) => [key, Buffer.from(data, 'base64')] as const));

/** Keys as files, all or those that `items` lists. */
const select = (content: Content, items: V1KeyToPath[] | undefined, mode: number, source: string): Files => {
  if (items === undefined || items.length === 0) {
    return new Map([...content].map(([key, data]) => [key, { data, mode }]));
  }
  return new Map(
    items.map((item) => {
      const data = content.get(item.key);
      if (data === undefined) throw new Error(`${source} references non-existent key: ${item.key}`);
      return [item.path, { data, mode: item.mode ?? mode }];
    }),
  );
};

type Keyed = { name?: string; items?: V1KeyToPath[]; optional?: boolean };

const configMapFiles = async (sources: Sources, source: Keyed, mode: number): Promise<Files> => {
  const name = source.name ?? '';
  const object = await sources.configMap(name);
  if (object !== undefined) return select(contentOfConfigMap(object), source.items, mode, 'configmap');
  if (source.optional === true) return new Map();
  throw new Error(`configmap "${name}" not found`);
};

const secretFiles = async (sources: Sources, source: Keyed, mode: number): Promise<Files> => {
  const name = source.name ?? '';
  const object = await sources.secret(name);
  if (object !== undefined) return select(contentOfSecret(object), source.items, mode, 'secret');
  if (source.optional === true) return new Map();
  throw new Error(`secret "${name}" not found`);
};

const downwardFiles = (pod: V1Pod, facts: PodFacts, items: V1DownwardAPIVolumeFile[], mode: number): Files =>
  new Map(
    items.map((item) => {
      const { fieldRef, resourceFieldRef: resource } = item;
      const container = pod.spec?.containers.find(({ name }) => name === resource?.containerName);
      const text = fieldRef
        ? fieldOf(facts, fieldRef.fieldPath)
        : resourceOf(container, resource?.resource ?? '', resource?.divisor);
      return [item.path, { data: Buffer.from(text), mode: item.mode ?? mode }];
    }),
  );

const projectionFiles = async (
  sources: Sources,
  facts: PodFacts,
  projection: V1VolumeProjection,
  mode: number,
): Promise<Files> => {
  const { configMap, secret, downwardAPI, serviceAccountToken } = projection;
  if (configMap) return configMapFiles(sources, configMap, mode);
  if (secret) return secretFiles(sources, secret, mode);
  if (downwardAPI) return downwardFiles(facts.pod, facts, downwardAPI.items ?? [], mode);
  if (serviceAccountToken) {
    return new Map([[serviceAccountToken.path, { data: Buffer.from(await sources.token(serviceAccountToken)), mode }]]);
  }
  throw new Error('unsupported source of a projected volume');
};

/**
 * The files of a volume that the API server's objects fill: ConfigMap, Secret, downward API, projected. Undefined for other
 * kinds of volumes.
 *
 * @throws Error with the kubelet's sentence when an object or key that is not optional is missing
 */
export const filesOf = async (volume: V1Volume, facts: PodFacts, sources: Sources): Promise<Files | undefined> => {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap) return configMapFiles(sources, configMap, configMap.defaultMode ?? DEFAULT_MODE);
  if (secret) {
    const { secretName, ...rest } = secret;
    const named: Keyed = secretName === undefined ? rest : { ...rest, name: secretName };
    return secretFiles(sources, named, secret.defaultMode ?? DEFAULT_MODE);
  }
  if (downwardAPI)
    return downwardFiles(facts.pod, facts, downwardAPI.items ?? [], downwardAPI.defaultMode ?? DEFAULT_MODE);
  if (projected === undefined) return undefined;
  const parts: Files = new Map();
  for (const projection of projected.sources ?? []) {
    const files = await projectionFiles(sources, facts, projection, projected.defaultMode ?? DEFAULT_MODE);
    for (const [path, file] of files) parts.set(path, file);
  }
  return parts;
};
