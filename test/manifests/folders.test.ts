import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { binaryPath } from '../../local/controlplane/binaries.ts';
import type { Manifest } from './kinds.ts';
import { rulesOf } from './rbac.ts';
import { allOf, APPLICABLE, oneOf, render, renderText, REPOSITORY } from './render.ts';

const identity = ({ kind, metadata }: Manifest): string =>
  `${kind} ${metadata.namespace ?? ''}/${metadata.name}`.replace(/^(ConfigMap .*)-[a-z0-9]{10}$/, '$1');
const identitiesOf = (folder: string): string[] => render(folder).map(identity).sort();

const CLUSTER_SCOPED = [
  'ClusterRole',
  'ClusterRoleBinding',
  'CompositeController',
  'Namespace',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

/** What `kubectl kustomize` makes of a kustomization that a user could write, in a folder of its own inside the repository. */
const renderKustomization = (kustomization: string): Manifest[] => {
  const parent = join(REPOSITORY, '.local');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'kustomization-'));
  try {
    const text = kustomization.replaceAll('MANIFESTS', relative(folder, join(REPOSITORY, 'manifests')));
    writeFileSync(join(folder, 'kustomization.yaml'), text);
    const rendered = execFileSync(binaryPath('kubectl'), ['kustomize', folder], { encoding: 'utf8' });
    return parseAllDocuments(rendered).map((document) => document.toJS() as Manifest);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe('the folders', () => {
  it.each(APPLICABLE)('%s: namespaced objects say which namespace, and none is there twice', (folder) => {
    for (const object of render(folder))
      expect([object.kind, object.metadata.namespace === undefined]).toEqual([
        object.kind,
        CLUSTER_SCOPED.includes(object.kind),
      ]);
    expect(new Set(identitiesOf(folder)).size).toBe(identitiesOf(folder).length);
  });

  it.each(APPLICABLE)(
    '%s: the same text each time, and no definition that its removal would take with all databases',
    (folder) => {
      expect(renderText(folder)).toBe(renderText(folder));
      expect(identitiesOf(folder).filter((object) => object.startsWith('CustomResourceDefinition'))).toEqual([]);
    },
  );

  it('the local overlay differs by the Deployment, the token and Metacontroller alone', () => {
    const [base, local] = [identitiesOf('base'), identitiesOf('overlays/local')];
    expect(base.filter((object) => !local.includes(object))).toEqual(['Deployment questdb-fleet/questdb-fleet-hooks']);
    expect(local.filter((object) => !base.includes(object))).toEqual([
      'ClusterRole /metacontroller',
      'ClusterRole /questdb-fleet-metacontroller-hook-token',
      'ClusterRoleBinding /metacontroller',
      'ClusterRoleBinding /questdb-fleet-metacontroller-hook-token',
      'Namespace /metacontroller',
      'ServiceAccount metacontroller/metacontroller',
    ]);
  });

  it('the example is the base with what a user sets', () => {
    expect(identitiesOf('overlays/example')).toEqual(identitiesOf('base'));
    const account = oneOf(render('overlays/example'), 'ServiceAccount');
    expect(Object.keys(account.metadata.annotations ?? {})).toEqual(['eks.amazonaws.com/role-arn']);
  });

  it('another setting gives the ConfigMap another name, so that the pods are replaced', () => {
    const [base, example] = ['base', 'overlays/example'].map(
      (folder) => oneOf(render(folder), 'ConfigMap').metadata.name,
    );
    expect(base).not.toBe(example);
  });
});

describe('the PodMonitor component on top of the base', () => {
  const objects = renderKustomization('resources: [MANIFESTS/base]\ncomponents: [MANIFESTS/components/pod-monitors]\n');
  const childrenOf = (controller: string) =>
    allOf(objects, 'CompositeController')
      .filter(({ metadata }) => metadata.name === controller)
      .flatMap(({ spec }) => spec.childResources ?? [])
      .map(({ apiVersion, resource }) => `${apiVersion} ${resource}`);

  it('makes them children of a QuestDB, and of nothing else', () => {
    expect(childrenOf('questdb')).toContain('monitoring.coreos.com/v1 podmonitors');
    expect(childrenOf('questdb')).toContain('apps/v1 statefulsets');
    expect(childrenOf('questdbvolume').join()).not.toContain('podmonitors');
  });

  it('gives Metacontroller and the hooks the rights they need for it', () => {
    const verbsOf = (name: string) =>
      rulesOf(objects, { namespace: name === 'metacontroller' ? name : 'questdb-fleet', name })
        .filter(({ resources }) => resources?.includes('podmonitors') === true)
        .flatMap(({ verbs }) => verbs);
    expect(verbsOf('metacontroller')).toEqual(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']);
    expect(verbsOf('questdb-fleet-hooks')).toEqual(['get', 'patch']);
  });
});

describe('the token component on top of the base', () => {
  const objects = renderKustomization('resources: [MANIFESTS/base]\ncomponents: [MANIFESTS/components/hook-token]\n');
  const pod = oneOf(objects, 'Deployment').spec?.template.spec;
  const [container] = pod?.containers ?? [];

  it('mounts what the hooks accept, as a folder: a file by subPath would never change', () => {
    expect(container?.volumeMounts).toEqual([
      { name: 'hook-token', mountPath: '/etc/questdb-fleet/hook-token', readOnly: true },
    ]);
    expect(container?.env).toContainEqual({
      name: 'HOOK_TOKEN_FILE',
      value: '/etc/questdb-fleet/hook-token/accepted',
    });
    const [volume] = pod?.volumes ?? [];
    expect(volume?.secret).toMatchObject({
      secretName: 'questdb-fleet-hook-token',
      items: [{ key: 'accepted', path: 'accepted' }],
    });
    // Required: without it the hooks would come up open.
    expect(volume?.secret?.optional).toBeUndefined();
  });

  it('leaves the rest of the container as it was', () => {
    expect(container?.image).toBe('questdb-fleet-hooks:0.1.0');
    expect(container?.env).toContainEqual({ name: 'PORT', value: '8080' });
  });
});

describe('the StorageClass', () => {
  it('retains, waits for the pod, grows, and encrypts', () => {
    const { metadata, ...storage } = oneOf(render('base'), 'StorageClass');
    expect(metadata.name).toBe('questdb');
    expect(metadata.annotations).toBeUndefined();
    expect(storage).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      provisioner: 'ebs.csi.aws.com',
      parameters: { type: 'gp3', encrypted: 'true', 'csi.storage.k8s.io/fstype': 'ext4' },
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
      reclaimPolicy: 'Retain',
    });
  });
});
