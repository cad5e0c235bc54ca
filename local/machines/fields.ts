import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { numberOf } from './quantity.ts';

/** A pod and the addresses its kubelet gave it. */
export type PodFacts = { pod: V1Pod; podIP: string; hostIP: string };

const FIELDS: Readonly<Record<string, (facts: PodFacts) => string>> = {
  'metadata.name': ({ pod }) => pod.metadata?.name ?? '',
  'metadata.namespace': ({ pod }) => pod.metadata?.namespace ?? '',
  'metadata.uid': ({ pod }) => pod.metadata?.uid ?? '',
  'spec.nodeName': ({ pod }) => pod.spec?.nodeName ?? '',
  'spec.serviceAccountName': ({ pod }) => pod.spec?.serviceAccountName ?? '',
  'status.hostIP': ({ hostIP }) => hostIP,
  'status.hostIPs': ({ hostIP }) => hostIP,
  'status.podIP': ({ podIP }) => podIP,
  'status.podIPs': ({ podIP }) => podIP,
};

const lines = (values: Record<string, string> | undefined): string =>
  Object.entries(values ?? {})
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

/** The value of a downward API field, e.g. `metadata.labels['app']`. */
export const fieldOf = (facts: PodFacts, path: string): string => {
  const labels = facts.pod.metadata?.labels;
  const annotations = facts.pod.metadata?.annotations;
  if (path === 'metadata.labels') return lines(labels);
  if (path === 'metadata.annotations') return lines(annotations);
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (key !== undefined) return (map === 'labels' ? labels : annotations)?.[key] ?? '';
  const read = FIELDS[path];
  if (read === undefined) throw new Error(`unsupported fieldPath: ${path}`);
  return read(facts);
};

/** The value of a resource field, e.g. `limits.memory`, in units of `divisor`, rounded up. */
export const resourceOf = (
  container: V1Container | undefined,
  resource: string,
  divisor: string | undefined,
): string => {
  const [kind, name] = resource.split('.', 2);
  const quantities = kind === 'limits' ? container?.resources?.limits : container?.resources?.requests;
  const wanted = numberOf(quantities?.[name ?? ''] ?? '0');
  const unit = divisor === undefined || divisor === '0' ? 1 : numberOf(divisor);
  return String(Math.ceil(wanted / unit));
};
