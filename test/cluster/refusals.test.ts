import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { conditionIn, createDatabase, type Database, type DatabaseSpec } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

/** A database in a namespace of its own. */
const prepare = async (name: string, spec: DatabaseSpec = {}): Promise<Database> =>
  createDatabase(cluster(), await cluster().namespace(`refuse-${name}`), name, spec);

/** It stands still for this reason, its message says so wherever people look, and nothing was launched. */
const expectStalled = async (database: Database, reason: string, ...sentences: string[]): Promise<void> => {
  const message = await database.says('Stalled', reason);
  for (const sentence of sentences) expect(message).toContain(sentence);
  expect(conditionIn(await database.find('QuestDB'), 'Stalled')).toMatchObject({ status: 'True' });
  expect(conditionIn(await database.find('QuestDB'), 'Ready')).toMatchObject({ status: 'False', reason, message });
  expect(await database.liveInstances()).toEqual([]);
};

const expectRecovered = async (database: Database): Promise<void> => {
  await database.waitUntilReady();
  expect(conditionIn(await database.find('QuestDB'), 'Stalled')).toMatchObject({ status: 'False' });
  expect(await database.liveInstances()).toHaveLength(1);
};

type NodeClass = { spec: { subnets: { zone: string; id: string }[] } };

/** The node class of the local cluster, under another name and with other subnets. */
const applyNodeClass = async (name: string, zones: string[]): Promise<void> => {
  const { kubectl } = cluster();
  const { spec } = JSON.parse(await kubectl.run('get', 'questdbnodeclass', 'default', '-o', 'json')) as NodeClass;
  const subnets = zones.map((zone) => ({ zone, id: `subnet-local-${zone.slice(-1)}` }));
  await kubectl.apply({
    apiVersion: 'questdb-fleet.dev/v1alpha1',
    kind: 'QuestDBNodeClass',
    metadata: { name },
    spec: { ...spec, subnets },
  });
};

/** Objects without a namespace do not go with the databases of the file. */
const deletionOf = (kind: string, name: string) => async (): Promise<void> => {
  await cluster().kubectl.run('delete', kind, name);
};

describe.concurrent('a manifest that needs another object', () => {
  it('waits for a node class that is not there', async ({ onTestFinished }) => {
    const database = await prepare('class', { node: { instanceType: 'r6i.large', className: 'later' } });
    await database.apply();
    await expectStalled(database, 'NodeClassNotFound', 'QuestDBNodeClass "later" does not exist', 'Create it');
    await applyNodeClass('later', ['eu-west-1a']);
    onTestFinished(deletionOf('questdbnodeclass', 'later'));
    await expectRecovered(database);
  });

  it('says which instance types there are', async () => {
    const wrong = await prepare('type', { node: { instanceType: 'r6i.enormous', zone: 'eu-west-1a' } });
    await wrong.apply();
    await expectStalled(wrong, 'InstanceTypeNotOffered', '"r6i.enormous"', 'eu-west-1a', 'r6i.large');
    await wrong.remove();
    const right = await prepare('type');
    await right.apply();
    await expectRecovered(right);
  });

  it('says which zones the node class has, and goes on when it has the one that is wanted', async ({
    onTestFinished,
  }) => {
    await applyNodeClass('zones', ['eu-west-1a', 'eu-west-1b']);
    onTestFinished(deletionOf('questdbnodeclass', 'zones'));
    const node = { instanceType: 'r6i.large', zone: 'eu-west-1c', className: 'zones' };
    const database = await prepare('zone', { node });
    await database.apply();
    await expectStalled(database, 'ZoneNotInNodeClass', 'no subnet in eu-west-1c', 'eu-west-1a, eu-west-1b');
    await applyNodeClass('zones', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
    await expectRecovered(database);
  });

  it('cannot take the data to another zone', async () => {
    const first = await prepare('move', { node: { instanceType: 'r6i.large', zone: 'eu-west-1a' } });
    await first.apply();
    await first.waitUntilReady();
    await first.remove();
    const moved = await prepare('move', { node: { instanceType: 'r6i.large', zone: 'eu-west-1b' } });
    await moved.apply();
    await expectStalled(moved, 'ZoneMismatch', 'The volume is in eu-west-1a', 'the data is kept');
    await moved.remove();
    const anywhere = await prepare('move');
    await anywhere.apply();
    await expectRecovered(anywhere);
    expect(await anywhere.liveInstances()).toMatchObject([{ zone: 'eu-west-1a' }]);
  });

  it('waits for a storage class that is not there', async ({ onTestFinished }) => {
    const { kubectl } = cluster();
    const database = await prepare('storage', { storage: { storageClassName: 'later' } });
    await database.apply();
    await expectStalled(database, 'StorageClassNotFound', 'StorageClass "later" does not exist', 'Create it');
    const known = JSON.parse(await kubectl.run('get', 'storageclass', 'questdb', '-o', 'json')) as object;
    await kubectl.apply({ ...known, metadata: { name: 'later' } });
    onTestFinished(deletionOf('storageclass', 'later'));
    await expectRecovered(database);
  });
});

describe.concurrent('a name that is taken', () => {
  it("by a claim that is not this database's: it is not touched", async () => {
    const database = await prepare('claim');
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } };
    const metadata = { name: 'claim-data', namespace: database.namespace };
    await cluster().kubectl.apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec });
    const before = await database.claim();
    await database.apply();
    await expectStalled(database, 'ForeignClaim', '"claim-data"', 'spec.storage.from.claimName', 'Nothing was touched');
    expect(await database.claim()).toEqual(before);
    await cluster().kubectl.run('delete', 'pvc', 'claim-data', '-n', database.namespace);
    await expectRecovered(database);
  });

  it('by a Secret that is not ours: it is neither read nor written', async () => {
    const database = await prepare('secret');
    const metadata = { name: 'secret-credentials', namespace: database.namespace };
    const stringData = { username: 'me', password: 'hunter2' };
    await cluster().kubectl.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData });
    const before = await database.find('Secret', 'secret-credentials', 'v1');
    await database.apply();
    await expectStalled(database, 'NameConflict', 'Secret "secret-credentials"', 'nothing was touched');
    expect(await database.find('Secret', 'secret-credentials', 'v1')).toEqual(before);
    await cluster().kubectl.run('delete', 'secret', 'secret-credentials', '-n', database.namespace);
    await expectRecovered(database);
  });

  it('by a Service of somebody else', async () => {
    const database = await prepare('service');
    const metadata = { name: 'service', namespace: database.namespace };
    const spec = { selector: { app: 'other' }, ports: [{ name: 'http', port: 80 }] };
    await cluster().kubectl.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec });
    const before = await database.find('Service', 'service', 'v1');
    await database.apply();
    const message = await database.says('Stalled', 'NameConflict');
    expect(message).toContain('Service/service');
    expect(await database.find('Service', 'service', 'v1')).toEqual(before);
    await cluster().kubectl.run('delete', 'service', 'service', '-n', database.namespace);
    await expectRecovered(database);
  });
});
