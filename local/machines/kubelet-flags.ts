import type { V1Taint } from '@kubernetes/client-node';
import type { Shape } from './shape.ts';

/** What the kubelet's command line says about its Node. */
export type KubeletFlags = { labels: Record<string, string>; taints: Shape<V1Taint>[] };

/** Flags a kubelet of AL2023 may be given and that change nothing here. */
const WITHOUT_EFFECT = new Set(['v', 'max-pods', 'cloud-provider', 'node-ip', 'image-credential-provider-config']);

/** Labels in the domains of Kubernetes that a kubelet may set on itself; others are refused at its start. */
const OWN_KUBERNETES_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]);

const mayLabel = (key: string): boolean => {
  const domain = key.includes('/') ? (key.split('/')[0] ?? '') : '';
  if (!/(^|\.)(kubernetes|k8s)\.io$/.test(domain)) return true;
  return OWN_KUBERNETES_LABELS.has(key) || /(^|\.)(kubelet|node)\.kubernetes\.io$/.test(domain);
};

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const isLabelKey = (key: string): boolean => NAME.test(key.split('/').at(-1) ?? '') && key.split('/').length <= 2;
const isLabelValue = (value: string): boolean => value === '' || NAME.test(value);

const parseLabels = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(',').map((pair) => {
      const [key, value, ...rest] = pair.split('=');
      if (key === undefined || value === undefined || rest.length > 0 || !isLabelKey(key) || !isLabelValue(value)) {
        throw new Error(`--node-labels: not a label: ${pair}`);
      }
      if (!mayLabel(key)) throw new Error(`--node-labels: unknown 'kubernetes.io' or 'k8s.io' label: ${key}`);
      return [key, value];
    }),
  );

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const parseTaint = (text: string): Shape<V1Taint> => {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:([A-Za-z]+)$/.exec(text) ?? [];
  if (key === undefined || effect === undefined || !EFFECTS.includes(effect) || !isLabelKey(key)) {
    throw new Error(`--register-with-taints: not a taint: ${text}`);
  }
  return { key, effect, ...(value === undefined || value === '' ? {} : { value }) };
};

/**
 * Reads the kubelet flags of a NodeConfig. An unknown flag, a label a kubelet may not give itself and a taint that is none
 * stop a kubelet at its start, so they throw.
 */
export const parseKubeletFlags = (flags: readonly string[]): KubeletFlags => {
  const found: KubeletFlags = { labels: {}, taints: [] };
  for (const flag of flags) {
    const [, name, value] = /^--([a-z-]+)=(.*)$/s.exec(flag) ?? [];
    if (name === 'node-labels') Object.assign(found.labels, parseLabels(value ?? ''));
    else if (name === 'register-with-taints') found.taints.push(...(value ?? '').split(',').map(parseTaint));
    else if (name === undefined || !WITHOUT_EFFECT.has(name)) throw new Error(`unknown kubelet flag: ${flag}`);
  }
  return found;
};
