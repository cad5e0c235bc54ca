import type { V1Container, V1EnvFromSource, V1EnvVar, V1SecretEnvSource } from '@kubernetes/client-node';
import type { Shape } from './shape.ts';
import { fieldOf, resourceOf, type PodFacts } from './fields.ts';

/** Reads what a container's environment may refer to; undefined when there is no such object. Secrets come decoded. */
export type References = {
  configMap: (name: string) => Promise<Record<string, string> | undefined>;
  secret: (name: string) => Promise<Record<string, string> | undefined>;
};

type Variable = readonly [string, string];

const valueOfKey = async (
  references: References,
  kind: 'configMap' | 'secret',
  reference: { name?: string; key: string; optional?: boolean },
): Promise<string | undefined> => {
  const name = reference.name ?? '';
  const object = await references[kind](name);
  const value = object?.[reference.key];
  if (value !== undefined || reference.optional === true) return value;
  const noun = kind === 'secret' ? 'secret' : 'configmap';
  throw new Error(
    object === undefined ? `${noun} "${name}" not found` : `couldn't find key ${reference.key} in ${noun} ${name}`,
  );
};

const valueFrom = async (
  variable: V1EnvVar,
  container: V1Container,
  facts: PodFacts,
  references: References,
): Promise<string | undefined> => {
  const source = variable.valueFrom;
  if (source?.secretKeyRef) return valueOfKey(references, 'secret', source.secretKeyRef);
  if (source?.configMapKeyRef) return valueOfKey(references, 'configMap', source.configMapKeyRef);
  if (source?.fieldRef) return fieldOf(facts, source.fieldRef.fieldPath);
  if (source?.resourceFieldRef) return resourceOf(container, source.resourceFieldRef.resource, source.resourceFieldRef.divisor); // prettier-ignore
  return undefined;
};

const fromWhole = async (source: V1EnvFromSource, references: References): Promise<Variable[]> => {
  const reference: Shape<V1SecretEnvSource> | undefined = source.secretRef ?? source.configMapRef;
  const kind = source.secretRef ? 'secret' : 'configMap';
  const object = await references[kind](reference?.name ?? '');
  if (object === undefined && reference?.optional !== true) {
    throw new Error(`${kind.toLowerCase()} "${reference?.name ?? ''}" not found`);
  }
  return Object.entries(object ?? {}).map(([key, value]) => [`${source.prefix ?? ''}${key}`, value] as const);
};

/** Replaces `$(NAME)` by the variable of that name; `$$(NAME)` is the way to write it as it is, and an unknown name stays. */
export const expand = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replaceAll(/\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)/g, (whole: string, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? whole),
  );

/**
 * The environment a container asks for, in the order of its list, later ones winning.
 *
 * @throws Error with the kubelet's sentence when a Secret, ConfigMap or key that is not optional is missing: the container
 *   then waits with CreateContainerConfigError
 */
export const environmentOf = async (
  container: V1Container,
  facts: PodFacts,
  references: References,
): Promise<Map<string, string>> => {
  const variables = new Map<string, string>([['HOSTNAME', facts.pod.metadata?.name ?? '']]);
  for (const source of container.envFrom ?? []) {
    for (const [name, value] of await fromWhole(source, references)) variables.set(name, value);
  }
  for (const variable of container.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expand(variable.value ?? '', variables)
        : await valueFrom(variable, container, facts, references);
    if (value !== undefined) variables.set(variable.name, value);
  }
  return variables;
};
