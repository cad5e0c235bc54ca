import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useCluster } from '../harness/cluster.ts';
import { createDatabase } from '../harness/questdb.ts';

const cluster = useCluster('kwok');

const STORED = readFileSync(join(import.meta.dirname, '../../examples/requests/questdb-sync.json'), 'utf8');
const FINALIZE = STORED.replace('"finalizing": false', '"finalizing": true');

const post = async (hook: string, body: string, token?: string) => {
  const { settings } = cluster();
  const accepted = readFileSync(settings.paths.hookTokenFile, 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${settings.ports.hooks}/${hook}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? accepted}` },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** What a call that must do nothing could have made, in the namespace of its parent and beside it. */
const everything = async (): Promise<unknown> => {
  const { kubectl, simulator } = cluster();
  const kinds =
    'questdbs,questdbnodes,questdbvolumes,secrets,pvc,statefulsets,poddisruptionbudgets,services,configmaps';
  const [objects, volumes, events, journal] = await Promise.all([
    kubectl.list(kinds, '-n', 'default'),
    kubectl.list('pv'),
    kubectl.list('events', '-n', 'default', '--field-selector=involvedObject.name=nobody'),
    simulator.journal(),
  ]);
  const versions = objects.map(({ kind, metadata }) => `${kind}/${metadata.name} ${metadata.resourceVersion}`);
  const names = [...volumes, ...events].map(({ metadata }) => metadata.name);
  return { versions, names, journal };
};

describe('a stored request', () => {
  it('is answered with what the hook asks for', async () => {
    const { status, text } = await post('questdb/customize', STORED);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      relatedResources: [{ resource: 'questdbnodeclasses', names: ['default'] }],
    });
  });

  it.each([
    { what: 'with a wrong token', hook: 'questdb/sync', token: 'wrong', body: STORED, status: 401 },
    { what: 'with broken JSON', hook: 'questdb/sync', body: STORED.slice(0, -20), status: 400 },
    { what: 'of another kind', hook: 'questdbnode/sync', body: STORED, status: 422 },
    { what: 'to sync a parent that does not exist', hook: 'questdb/sync', body: STORED, status: 429 },
    { what: 'to finalize a parent that does not exist', hook: 'questdb/finalize', body: FINALIZE, status: 429 },
  ])('$what is answered $status and does nothing', async ({ hook, token, body, status }) => {
    const before = await everything();
    const answer = await post(hook, body, token);
    expect(answer.status, answer.text).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
    if (status === 429) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await everything()).toEqual(before);
  });

  it('that says a living node is being deleted terminates nothing', async () => {
    const database = createDatabase(cluster(), await cluster().namespace('forged'), 'trades');
    await database.apply();
    await database.waitUntilReady();
    const { node } = (await database.find('QuestDB'))?.status as { node: { name: string } };
    const parent = await database.find('QuestDBNode', node.name);
    const dying = { ...parent, metadata: { ...parent?.metadata, deletionTimestamp: new Date().toISOString() } };
    const body = JSON.stringify({ parent: dying, children: {}, related: {}, finalizing: true });
    const answer = await post('questdbnode/finalize', body);
    expect(answer).toMatchObject({ status: 429, text: expect.stringContaining('not being deleted') });
    expect(await database.instances()).toMatchObject([{ state: 'running' }]);
  });
});
