import type { ApiClient } from './api-client.ts';
import type { CompositeController } from './composite-controller.ts';

type Definition = { spec: { versions: { name: string; subresources?: { status?: object } }[] } };

/** Whether the parent is a custom resource with a status subresource: Metacontroller leaves all others alone. */
export const hasStatus = async (api: ApiClient, controller: CompositeController): Promise<boolean> => {
  const { apiVersion, resource } = controller.spec.parentResource;
  const [group = '', version = ''] = apiVersion.split('/');
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${resource}.${group}`;
  const { spec } = await api.call<Definition>({ method: 'GET', path });
  return spec.versions.some(({ name, subresources }) => name === version && subresources?.status !== undefined);
};
