import type { Resource } from './resource.ts';

const kind = (group: string, version: string, name: string, namespaced: boolean, plural: string): Resource => ({
  group,
  version,
  kind: name,
  plural,
  namespaced,
  subresources: new Set(),
});

const own = (name: string, namespaced: boolean): Resource =>
  kind('metacontroller.k8s.io', 'v1alpha1', name, namespaced, `${name.toLowerCase()}s`);

export const COMPOSITE_CONTROLLERS = own('CompositeController', false);
export const DEFINITIONS = kind(
  'apiextensions.k8s.io',
  'v1',
  'CustomResourceDefinition',
  false,
  'customresourcedefinitions',
);
export const NAMESPACES = kind('', 'v1', 'Namespace', false, 'namespaces');
export const SECRETS = kind('', 'v1', 'Secret', true, 'secrets');

/** Watched for the right to do so alone: Metacontroller does not start without it, so neither is it missed here. */
export const MERELY_WATCHED = [own('DecoratorController', false), own('ControllerRevision', true)];
