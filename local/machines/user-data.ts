import type { V1Taint } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { parseKubeletConfig, type KubeletConfig } from './kubelet-config.ts';
import { parseKubeletFlags } from './kubelet-flags.ts';
import type { Shape } from './shape.ts';

/** What a machine learns from its user data: which cluster to join, and as what. */
export type NodeConfig = {
  cluster: { name: string; apiServerEndpoint: string; certificateAuthority: string; cidr: string };
  kubelet: KubeletConfig;
  labels: Record<string, string>;
  taints: Shape<V1Taint>[];
};

/** Why a machine cannot join. It stays up, as an instance with wrong user data does, and is never seen by the cluster. */
export class UserDataError extends Error {}

type Part = { type: string; body: string };

const fail = (message: string): never => {
  throw new UserDataError(message);
};

const split = (text: string): { headers: Map<string, string>; body: string } => {
  const end = text.search(/\r?\n\r?\n/);
  if (end < 0) return fail('MIME headers are not followed by an empty line');
  const headers = text
    .slice(0, end)
    .replaceAll(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      if (colon < 1) fail(`not a MIME header: ${line}`);
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    });
  return { headers: new Map(headers), body: text.slice(end).replace(/^\r?\n\r?\n/, '') };
};

const partsOf = (text: string): Part[] => {
  const { headers, body } = split(text);
  const contentType = headers.get('content-type') ?? '';
  if (!contentType.startsWith('multipart/mixed')) return fail(`content type is "${contentType}", not multipart/mixed`);
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1] ?? fail('multipart/mixed has no boundary');
  const pieces = `\n${body.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`);
  if (pieces.at(-1)?.startsWith('--') !== true) return fail(`the closing boundary --${boundary}-- is missing`);
  return pieces.slice(1, -1).map((piece) => {
    const part = split(piece.replace(/^[ \t]*\n/, ''));
    return { type: (part.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '', body: part.body };
  });
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objectAt = (value: unknown, path: string, known: readonly string[]): Record<string, unknown> => {
  if (!isObject(value)) return fail(`NodeConfig ${path} is missing or not an object`);
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) return fail(`NodeConfig ${path} has an unknown field ${unknown}`);
  return value;
};

const textAt = (object: Record<string, unknown>, field: string): string => {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? value : fail(`NodeConfig spec.cluster.${field} is required`);
};

const clusterOf = (value: unknown): NodeConfig['cluster'] => {
  const cluster = objectAt(value, 'spec.cluster', ['name', 'apiServerEndpoint', 'certificateAuthority', 'cidr', 'id', 'enableOutpost']); // prettier-ignore
  const apiServerEndpoint = textAt(cluster, 'apiServerEndpoint');
  if (!URL.canParse(apiServerEndpoint) || !apiServerEndpoint.startsWith('https://')) {
    return fail(`NodeConfig spec.cluster.apiServerEndpoint is no https URL: ${apiServerEndpoint}`);
  }
  const certificateAuthority = Buffer.from(textAt(cluster, 'certificateAuthority'), 'base64').toString('utf8');
  if (!certificateAuthority.includes('-----BEGIN CERTIFICATE-----')) {
    return fail('NodeConfig spec.cluster.certificateAuthority is not a base64 encoded PEM certificate');
  }
  return { name: textAt(cluster, 'name'), apiServerEndpoint, certificateAuthority, cidr: textAt(cluster, 'cidr') };
};

const parseNodeConfig = (yaml: string): NodeConfig => {
  let document: unknown;
  try {
    // Go's YAML is 1.1: a cluster that is called `on` must be in quotes.
    document = parse(yaml, { version: '1.1' });
  } catch (error) {
    return fail(`NodeConfig is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const config = objectAt(document, 'document', ['apiVersion', 'kind', 'metadata', 'spec']);
  if (config.apiVersion !== 'node.eks.aws/v1alpha1' || config.kind !== 'NodeConfig') {
    return fail('the application/node.eks.aws part is not a NodeConfig of node.eks.aws/v1alpha1');
  }
  const spec = objectAt(config.spec, 'spec', ['cluster', 'kubelet', 'containerd', 'instance', 'featureGates']);
  const kubelet = objectAt(spec.kubelet ?? {}, 'spec.kubelet', ['config', 'flags']);
  const kubeletConfig = kubelet.config ?? {};
  if (!isObject(kubeletConfig)) return fail('NodeConfig spec.kubelet.config is not an object');
  const flags = kubelet.flags ?? [];
  if (!Array.isArray(flags) || !flags.every((flag) => typeof flag === 'string')) {
    return fail('NodeConfig spec.kubelet.flags is not a list of strings');
  }
  return { cluster: clusterOf(spec.cluster), kubelet: parseKubeletConfig(kubeletConfig), ...parseKubeletFlags(flags) };
};

/**
 * Reads user data as AL2023's cloud-init and nodeadm do: MIME multipart/mixed with one `application/node.eks.aws` part and
 * shell scripts (which are checked for their first line and not run: this machine has no kernel of its own to set up).
 *
 * @param userData base64, as EC2 hands it over
 * @throws UserDataError that says what is wrong
 */
export const parseUserData = (userData: string): NodeConfig => {
  if (userData === '') return fail('there is no user data');
  const parts = partsOf(Buffer.from(userData, 'base64').toString('utf8'));
  const strange = parts.find(({ type }) => type !== 'application/node.eks.aws' && type !== 'text/x-shellscript');
  if (strange !== undefined) return fail(`cloud-init does not know the part type "${strange.type}"`);
  const script = parts.find(({ type, body }) => type === 'text/x-shellscript' && !body.startsWith('#!'));
  if (script !== undefined) return fail('the shell script does not start with #!');
  const configs = parts.filter(({ type }) => type === 'application/node.eks.aws');
  const [config] = configs;
  if (config === undefined || configs.length > 1) {
    return fail(`there must be one application/node.eks.aws part, not ${String(configs.length)}`);
  }
  return parseNodeConfig(config.body);
};
