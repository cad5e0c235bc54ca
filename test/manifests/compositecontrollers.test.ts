import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { CompositeController } from './kinds.ts';
import { allOf, oneOf, render, REPOSITORY } from './render.ts';

const controllersOf = (folder: string) => allOf(render(folder), 'CompositeController');
const nameOf = ({ metadata }: CompositeController): string => metadata.name;

/** Of a CustomResourceDefinition; crds/kustomization.yaml has neither name nor spec. */
type Definition = { metadata?: { name: string }; spec?: { versions: { subresources?: unknown }[] } };

const FOLDERS = ['base', 'overlays/example', 'overlays/local'];
const HOOKS = ['customize', 'finalize', 'sync'];

/** The fields of CompositeController's spec, checked because the API server drops unknown ones without a word unless told to be strict. */
const SPEC_FIELDS = ['childResources', 'generateSelector', 'hooks', 'parentResource', 'resyncPeriodSeconds'];

describe.each(FOLDERS)('the CompositeControllers of %s', (folder) => {
  const controllers = controllersOf(folder);

  it('are one a kind', () => {
    expect(controllers.map(nameOf).sort()).toEqual(['questdb', 'questdbnode', 'questdbvolume']);
  });

  it.each(controllers.map((controller) => [nameOf(controller), controller] as const))('%s', (name, { spec }) => {
    for (const field of Object.keys(spec)) expect(SPEC_FIELDS).toContain(field);
    expect(spec.generateSelector).toBe(true);
    expect(spec.resyncPeriodSeconds).toBe(60);
    expect(spec.parentResource).toEqual({
      apiVersion: 'questdb-fleet.dev/v1alpha1',
      resource: `${name}s`,
      ignoreStatusChanges: true,
    });
    expect(Object.keys(spec.hooks).sort()).toEqual(HOOKS);
    for (const [hook, { version, webhook }] of Object.entries(spec.hooks)) {
      expect(version).toBe('v2');
      expect(new URL(webhook.url).pathname).toBe(`/${name}/${hook}`);
      expect(webhook.timeout).toBe('10s');
      // Absent is strict for v2.
      expect(webhook.responseUnMarshallMode).toBeUndefined();
    }
    for (const child of spec.childResources ?? []) expect(child.updateStrategy).toEqual({ method: 'InPlace' });
  });

  it('have no child kind that holds data', () => {
    const children = controllers.flatMap(({ spec }) => spec.childResources ?? []);
    const kinds = children.map(({ apiVersion, resource }) => `${apiVersion} ${resource}`).sort();
    expect(kinds).toEqual([
      'apps/v1 statefulsets',
      'networking.k8s.io/v1 networkpolicies',
      'policy/v1 poddisruptionbudgets',
      'questdb-fleet.dev/v1alpha1 questdbnodes',
      'questdb-fleet.dev/v1alpha1 questdbvolumes',
      'v1 configmaps',
      'v1 services',
    ]);
  });
});

describe('their parents', () => {
  it.each(controllersOf('base').map((controller) => [nameOf(controller)]))(
    '%s has the status subresource, without which Metacontroller ignores the controller',
    (name) => {
      const definitions = readdirSync(join(REPOSITORY, 'crds')).map(
        (file) => parse(readFileSync(join(REPOSITORY, 'crds', file), 'utf8')) as Definition,
      );
      const definition = definitions.find(({ metadata }) => metadata?.name === `${name}s.questdb-fleet.dev`);
      expect(definition?.spec?.versions[0]?.subresources).toEqual({ status: {} });
    },
  );
});

describe('where they call', () => {
  const hostsOf = (folder: string) =>
    new Set(
      controllersOf(folder).flatMap(({ spec }) =>
        Object.values(spec.hooks).map(({ webhook }) => new URL(webhook.url).host),
      ),
    );

  it('is the Service, on port 80', () => {
    const service = oneOf(render('base'), 'Service');
    const host = `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc`;
    expect(hostsOf('base')).toEqual(new Set([host]));
    expect(hostsOf('overlays/example')).toEqual(new Set([host]));
    expect(service.spec?.ports).toEqual([{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }]);
  });

  it('is the default port of the hooks in the local overlay', () => {
    expect(hostsOf('overlays/local')).toEqual(new Set(['127.0.0.1:8090']));
  });
});

describe('the token', () => {
  const authorizationsOf = (folder: string) =>
    controllersOf(folder).flatMap(({ spec }) => Object.values(spec.hooks).map(({ webhook }) => webhook.authorization));

  it('is asked of no webhook in the base', () => {
    expect(authorizationsOf('base')).toEqual(Array.from({ length: 9 }, () => undefined));
  });

  it('is sent to every webhook with the component', () => {
    const secretRef = { namespace: 'questdb-fleet', name: 'questdb-fleet-hook-token', key: 'token' };
    expect(authorizationsOf('overlays/local')).toEqual(Array.from({ length: 9 }, () => ({ secretRef })));
  });
});
