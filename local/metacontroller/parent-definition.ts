import type { ApiObject } from './api-object.ts';
import type { CompositeController } from './composite-controller.ts';
import type { Informer } from './informer.ts';

type Definition = ApiObject & { spec: { versions: { name: string; subresources?: { status?: object } }[] } };

/** Whether the parent is a custom resource with a status subresource: Metacontroller leaves all others alone. */
export const hasStatus = async (definitions: Informer, controller: CompositeController): Promise<boolean> => {
  const { apiVersion, resource } = controller.spec.parentResource;
  const [group = '', version = ''] = apiVersion.split('/');
  const name = `${resource}.${group}`;
  await definitions.synced;
  const definition = definitions.store.get(name) as Definition | undefined;
  if (definition === undefined) throw new Error(`CustomResourceDefinition.apiextensions.k8s.io "${name}" not found`);
  return definition.spec.versions.some(
    (served) => served.name === version && served.subresources?.status !== undefined,
  );
};
