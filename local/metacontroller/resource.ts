/** One resource of the API, as discovery describes it. */
export type Resource = {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  subresources: ReadonlySet<string>;
};

export const apiVersionOf = (resource: Pick<Resource, 'group' | 'version'>): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

/** The outer key of `children` and `related`: `StatefulSet.apps/v1`, `Service.v1`. */
export const kindKey = (apiVersion: string, kind: string): string => `${kind}.${apiVersion}`;

export const kindKeyOf = (resource: Resource): string => kindKey(apiVersionOf(resource), resource.kind);

type Target = { namespace?: string | undefined; name?: string; subresource?: string };

/** The URL path of a collection, an object or a subresource; a namespace is ignored where the resource has none. */
export const pathOf = (resource: Resource, target: Target = {}): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
  const namespace = resource.namespaced && target.namespace ? `/namespaces/${target.namespace}` : '';
  const name = target.name === undefined ? '' : `/${target.name}`;
  const subresource = target.subresource === undefined ? '' : `/${target.subresource}`;
  return `${root}${namespace}/${resource.plural}${name}${subresource}`;
};
