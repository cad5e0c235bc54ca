import { describe, expect, it } from 'vitest';
import { createCredentials, readBasicCredentials } from '../../hooks/cluster/credentials.ts';
import { createDatabaseCluster } from '../../hooks/cluster/database-cluster.ts';
import { createRecorder } from '../../hooks/cluster/events.ts';
import type { KubeApi } from '../../hooks/cluster/kube-api.ts';
import { createNodeCluster } from '../../hooks/cluster/node-cluster.ts';
import { readOwnerUids } from '../../hooks/cluster/owners.ts';
import { createVolumeCluster } from '../../hooks/cluster/volume-cluster.ts';
import type { QuestDBNode } from '../../hooks/api/generated/questdbnode.ts';
import { NODE } from '../../hooks/api/labels.ts';
import type { CustomizeResponse, KubernetesObject } from '../../hooks/metacontroller/contract.ts';
import { customize as customizeDatabase } from '../../hooks/questdb/customize.ts';
import { customize as customizeNode } from '../../hooks/questdbnode/customize.ts';
import { customize as customizeVolume } from '../../hooks/questdbvolume/customize.ts';
import type { DatabaseCluster } from '../../hooks/questdb/ports.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import type { NodeCluster } from '../../hooks/questdbnode/ports.ts';
import type { VolumeCluster } from '../../hooks/questdbvolume/ports.ts';
import { A_STORAGE } from '../fixtures/questdb.ts';
import { mayDo, rulesOf } from './rbac.ts';
import { render } from './render.ts';

/** `get questdb-fleet.dev/questdbs` out of a verb and the path of a request. */
const requestOf = (verb: string, path: string): string => {
  const [pathname = ''] = path.split('?');
  const [, root, ...rest] = pathname.split('/');
  const group = root === 'apis' ? (rest[0] ?? '') : '';
  const [first, ...others] = rest.slice(root === 'apis' ? 2 : 1);
  const resource = first === 'namespaces' && others.length > 1 ? others[1] : first;
  return `${verb} ${group}/${resource ?? ''}`;
};

/** A QuestDBNode, and the Node that joined for it. */
const owner: QuestDBNode = {
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDBNode',
  metadata: { name: 'trades-0', namespace: 'acme', uid: 'uid' },
  spec: {
    instanceType: 'r6i.large',
    zone: 'eu-west-1a',
    className: 'default',
    databaseName: 'trades',
    relaunch: 'Allowed',
  },
};
const joinedNode: ClusterNode = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node', uid: 'node-uid', labels: { [NODE]: 'uid' } },
};

const recordingApi = () => {
  const requests = new Set<string>();
  const note = (verb: string, path: string): void => {
    requests.add(requestOf(verb, path));
  };
  const api: KubeApi = {
    get: (path: string) => {
      note('get', path);
      return Promise.resolve(undefined);
    },
    list: (path) => {
      note('list', path);
      return Promise.resolve([]);
    },
    create: <T>(path: string) => {
      note('create', path);
      return Promise.resolve({ metadata: { uid: 'uid' } } as T);
    },
    patch: (path) => {
      note('patch', path);
      return Promise.resolve();
    },
    dryReplace: () => Promise.reject(new Error('for the command line alone')),
    remove: (path) => {
      note('delete', path);
      return Promise.resolve();
    },
    isReachable: () => Promise.resolve(true),
  };
  return { api, requests };
};

const identity = { namespace: 'acme', database: 'trades' };
const metadata = { name: 'trades', namespace: 'acme', uid: 'uid', resourceVersion: '1' };
const objectOf = (apiVersion: string, kind: string): KubernetesObject => ({ apiVersion, kind, metadata });
const CHILDREN = [
  objectOf('questdb-fleet.dev/v1alpha1', 'QuestDBVolume'),
  objectOf('questdb-fleet.dev/v1alpha1', 'QuestDBNode'),
  objectOf('apps/v1', 'StatefulSet'),
  objectOf('v1', 'Service'),
  objectOf('v1', 'ConfigMap'),
  objectOf('policy/v1', 'PodDisruptionBudget'),
  objectOf('networking.k8s.io/v1', 'NetworkPolicy'),
];
const claim = objectOf('v1', 'PersistentVolumeClaim');
const volume = objectOf('v1', 'PersistentVolume');

/** A call of each method of a port; the type makes sure that a new one is not forgotten. */
type CallOfEach<Port> = { [Method in keyof Port]: (port: Port) => Promise<unknown> };

const source = { ...identity, secretName: undefined };

const DATABASE_CALLS: CallOfEach<DatabaseCluster> = {
  readParent: (port) => port.readParent('acme', 'trades'),
  readPod: (port) => port.readPod('acme', 'trades-0'),
  readCredentials: (port) => port.readCredentials(source),
  createCredentials: (port) => port.createCredentials(identity, undefined),
  rotateCredentials: (port) => port.rotateCredentials(identity, { revision: 'uid.1', rotation: 'r' }),
  readChild: (port) => Promise.all(CHILDREN.map((child) => port.readChild('acme', child))),
  nodesOf: (port) => port.nodesOf(identity),
  adopt: (port) => Promise.all(CHILDREN.map((child) => port.adopt(child, 'uid'))),
  record: (port) => port.record(claim, 'Normal', 'Reason', 'message'),
};
const NODE_CALLS: CallOfEach<NodeCluster> = {
  readParent: (port) => port.readParent('acme', 'trades-0'),
  csiDriversOf: (port) => port.csiDriversOf('node'),
  nodesOf: (port) => port.nodesOf(owner),
  fleetReadiness: (port) => port.fleetReadiness(),
  volumePodsOn: (port) => port.volumePodsOn('node'),
  guard: (port) => port.guard(joinedNode),
  cordon: (port) => port.cordon(joinedNode),
  taintRetiring: (port) => port.taintRetiring(joinedNode),
  taintOutOfService: (port) => port.taintOutOfService(joinedNode),
  untaintOutOfService: (port) => port.untaintOutOfService(joinedNode),
  deleteNode: (port) => port.deleteNode(joinedNode),
  record: (port) => port.record(claim, 'Normal', 'Reason', 'message'),
};
const VOLUME_CALLS: CallOfEach<VolumeCluster> = {
  readParent: (port) => port.readParent('acme', 'trades'),
  readClaim: (port) => port.readClaim('acme', 'trades-data'),
  claimsOf: (port) => port.claimsOf(identity),
  readPersistentVolume: (port) => port.readPersistentVolume('pv'),
  persistentVolumesOf: (port) => port.persistentVolumesOf(identity),
  unlabelledPersistentVolumes: (port) => port.unlabelledPersistentVolumes(),
  persistentVolumesOn: (port) => port.persistentVolumesOn('vol-0123456789abcdef0'),
  createClaim: (port) => port.createClaim(claim),
  changeClaim: (port) => port.changeClaim(claim, {}),
  growClaim: (port) => port.growClaim(claim, '200Gi'),
  readStorageClass: (port) => port.readStorageClass('questdb'),
  createPersistentVolume: (port) => port.createPersistentVolume(volume),
  securePersistentVolume: (port) => port.securePersistentVolume(volume, {}),
  reservePersistentVolume: (port) => port.reservePersistentVolume(volume, 'acme', 'trades-data'),
  readDatabase: (port) => port.readDatabase(identity),
  isNamespaceMarked: (port) => port.isNamespaceMarked('acme'),
  markNamespace: (port) => port.markNamespace('acme'),
  unmarkEmptyNamespace: (port) => port.unmarkEmptyNamespace('acme'),
  releaseForDeletion: (port) => port.releaseForDeletion(volume),
  deleteClaim: (port) => port.deleteClaim(claim),
  podsUsing: (port) => port.podsUsing('acme', 'trades-data'),
  record: (port) => port.record(claim, 'Normal', 'Reason', 'message'),
};

const callAll = async <Port extends object>(port: Port, calls: CallOfEach<Port>): Promise<void> => {
  for (const call of Object.values<(port: Port) => Promise<unknown>>(calls)) await call(port);
};

const requestsOfTheHooks = async (): Promise<string[]> => {
  const { api, requests } = recordingApi();
  const record = createRecorder(
    api,
    () => new Date(0),
    () => undefined,
  );
  await callAll(createDatabaseCluster(api, record), DATABASE_CALLS);
  await callAll(
    createNodeCluster(api, record, () => new Date()),
    NODE_CALLS,
  );
  await callAll(createVolumeCluster(api, record), VOLUME_CALLS);
  await createCredentials(api, identity, undefined);
  await readBasicCredentials(api, source);
  await readOwnerUids(api);
  return [...requests].sort();
};

const rightsOfTheHooks = (): string[] =>
  rulesOf(render('base'), { namespace: 'questdb-fleet', name: 'questdb-fleet-hooks' })
    .flatMap(({ apiGroups = [], resources = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    )
    .sort();

describe('the rights of the hooks', () => {
  it('are what they ask of the API server: no less, and no more', async () => {
    expect(rightsOfTheHooks()).toEqual(await requestsOfTheHooks());
  });
});

const parentOf = <Kind extends string, Spec>(kind: Kind, spec: Spec) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind,
  metadata: { ...metadata, generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec,
});
const node = { instanceType: 'r6i.large', className: 'default' };
const ownNode = { ...node, replacement: 'SurgeFirst' } as const;
const storage = { size: '20Gi', storageClassName: 'questdb' };

const ANSWERS: [kind: string, answer: CustomizeResponse][] = [
  [
    'QuestDB',
    customizeDatabase({ parent: parentOf('QuestDB', { version: '9.3.4', node: ownNode, storage: A_STORAGE }) }),
  ],
  [
    'QuestDBNode',
    customizeNode({
      parent: parentOf('QuestDBNode', {
        ...node,
        zone: 'eu-west-1a',
        databaseName: 'trades',
        relaunch: 'Allowed' as const,
      }),
    }),
  ],
  ['QuestDBVolume', customizeVolume({ parent: parentOf('QuestDBVolume', { ...storage, databaseName: 'trades' }) })],
];

describe('what the customize hooks ask Metacontroller for', () => {
  const rules = rulesOf(render('base'), { namespace: 'metacontroller', name: 'metacontroller' });

  it.each(ANSWERS)('%s: it may look at', (_, { relatedResources }) => {
    expect(relatedResources.length).toBeGreaterThan(0);
    for (const { apiVersion, resource } of relatedResources) {
      const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
      for (const verb of ['get', 'list', 'watch'])
        expect([verb, resource, mayDo(rules, { verb, group, resource })]).toEqual([verb, resource, true]);
    }
  });
});
