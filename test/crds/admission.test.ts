import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { installDefinitions } from '../../local/controlplane/install.ts';
import { kubectl } from '../../local/controlplane/kubectl.ts';
import { eventually } from '../harness/eventually.ts';
import { REPOSITORY, useControlPlane } from './control-plane.ts';

const settings = useControlPlane();
const run = (args: string[], input?: string): Promise<string> => kubectl(settings(), args, input);
const answerTo = (args: string[]): Promise<string> =>
  run(args).then(
    (output) => `accepted: ${output}`,
    (error: unknown) => String(error),
  );
const apply = (...objects: object[]): Promise<string> =>
  run(['apply', '-f', '-'], objects.map((object) => stringify(object)).join('---\n'));

const HOOKS = 'system:serviceaccount:questdb-fleet:questdb-fleet-hooks';
const OURS = { 'app.kubernetes.io/managed-by': 'questdb-fleet', 'questdb-fleet.dev/database': 'trades' };
const claim = (name: string, labels: Record<string, string> = OURS, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace, labels },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});
const volume = (name: string, labels: Record<string, string> = { ...OURS, 'questdb-fleet.dev/namespace': 'acme' }) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels },
  spec: {
    accessModes: ['ReadWriteOnce'],
    capacity: { storage: '1Gi' },
    csi: { driver: 'ebs.csi.aws.com', volumeHandle: name },
  },
});
const database = (name: string, deletionPolicy: string, namespace = 'default') => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDB',
  metadata: { name, namespace },
  spec: { version: '9.3.4', storage: { size: '1Gi', deletionPolicy } },
});
const namespace = (name: string, labels: Record<string, string> = { 'questdb-fleet.dev/data': 'true' }) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** A policy takes a moment from its making until it is enforced. */
const waitForPolicies = () =>
  eventually(async () => {
    await apply(claim('probe'));
    expect(await answerTo(['delete', 'pvc', 'probe', '--wait=false', '--dry-run=server'])).toContain('confirm-delete');
    await apply(namespace('probe'));
    expect(await answerTo(['delete', 'namespace', 'probe', '--dry-run=server'])).toContain('confirm-delete');
    await apply(volume('probe'));
    expect(await answerTo(['delete', 'pv', 'probe', '--dry-run=server'])).toContain('confirm-delete');
    await apply(database('probe', 'Delete'));
    expect(await answerTo(['delete', 'questdb', 'probe', '--dry-run=server'])).toContain('confirm-delete');
    expect(await answerTo(['label', 'namespace', 'probe', 'a=b', `--as=${HOOKS}`, '--dry-run=server'])).toContain(
      'but',
    );
  }, 60);

beforeAll(async () => {
  await installDefinitions(settings(), process.env);
  await run(['apply', '-k', join(REPOSITORY, 'manifests', 'overlays', 'local')]);
  await waitForPolicies();
});

const CASES = [
  { kind: 'pvc', what: 'a claim of a database', make: claim, flags: ['-n', 'default'] },
  { kind: 'pv', what: 'a PersistentVolume of a database', make: volume, flags: [] },
  {
    kind: 'questdb',
    what: 'a QuestDB with deletionPolicy Delete',
    make: (name: string) => database(name, 'Delete'),
    flags: ['-n', 'default'],
  },
  { kind: 'namespace', what: 'a namespace that holds data', make: namespace, flags: [] },
] as const;

describe.each(CASES)('$what', ({ kind, make, flags }) => {
  const remove = (name: string) => answerTo(['delete', kind, name, ...flags, '--wait=false']);
  const annotate = (name: string, value: string) =>
    run(['annotate', kind, name, ...flags, '--overwrite', `questdb-fleet.dev/confirm-delete=${value}`]);

  it('is not deleted by mistake, and told how it would be', async () => {
    await apply(make('kept'));
    const refusal = await remove('kept');
    expect(refusal).toContain('questdb-fleet.dev/confirm-delete=kept');
    expect(refusal).toContain(`kubectl annotate ${kind} kept`);
    expect(await answerTo(['get', kind, 'kept', ...flags])).toContain('accepted');
  });

  it('is not deleted by a confirmation of something else', async () => {
    await apply(make('other'));
    await annotate('other', 'true');
    expect(await remove('other')).toContain('confirm-delete=other');
    await annotate('other', 'kept');
    expect(await remove('other')).toContain('confirm-delete=other');
  });

  it('is deleted by who names it, and may be again', async () => {
    await apply(make('confirmed'));
    await annotate('confirmed', 'confirmed');
    expect(await remove('confirmed')).toContain('deleted');
  });

  it('may be changed', async () => {
    await apply(make('changed'));
    await run(['label', kind, 'changed', ...flags, 'team=markets']);
    expect(await answerTo(['label', kind, 'changed', ...flags, 'team-'])).toContain('accepted');
  });
});

describe('what is not ours', () => {
  it.each([
    ['pvc', claim('foreign', { app: 'other' }), ['-n', 'default']],
    ['pvc', claim('half', { 'app.kubernetes.io/managed-by': 'questdb-fleet' }), ['-n', 'default']],
    ['pv', volume('foreign', { app: 'other' }), []],
    ['namespace', namespace('foreign', {}), []],
    ['questdb', database('retaining', 'Retain'), ['-n', 'default']],
  ] as const)('is deleted as ever: %s %o', async (kind, object, flags) => {
    await apply(object);
    expect(await answerTo(['delete', kind, object.metadata.name, ...flags, '--wait=false'])).toContain('deleted');
  });
});

describe('many at once', () => {
  it('are not deleted by one call for all of them', async () => {
    await apply(namespace('many', {}), claim('first', OURS, 'many'), claim('second', OURS, 'many'));
    const path = '/api/v1/namespaces/many/persistentvolumeclaims';
    expect(await answerTo(['delete', '--raw', path])).toContain('confirm-delete');
    expect((await run(['get', 'pvc', '-n', 'many', '-o', 'name'])).trim().split('\n')).toHaveLength(2);
  });
});

describe('a namespace whose deletion was confirmed', () => {
  it('takes along what is in it, without a word for each', async () => {
    await apply(namespace('going'), claim('trades-data', OURS, 'going'), database('trades', 'Delete', 'going'));
    await run(['annotate', 'namespace', 'going', 'questdb-fleet.dev/confirm-delete=going']);
    await run(['delete', 'namespace', 'going', '--timeout=60s']);
    expect(await answerTo(['get', 'namespace', 'going'])).toContain('NotFound');
  });
});

describe('the hooks', () => {
  const asHooks = (...args: string[]) => answerTo([...args, `--as=${HOOKS}`]);

  it('put their label on a namespace and take it off', async () => {
    await apply(namespace('marked', { team: 'markets' }));
    expect(await asHooks('label', 'namespace', 'marked', 'questdb-fleet.dev/data=true')).toContain('accepted');
    expect(await asHooks('label', 'namespace', 'marked', 'questdb-fleet.dev/data-')).toContain('accepted');
  });

  it.each([
    ['another label', ['label', 'namespace', 'marked', 'pod-security.kubernetes.io/enforce=privileged']],
    ['the value of another', ['label', 'namespace', 'marked', '--overwrite', 'team=other']],
    ['another one away', ['label', 'namespace', 'marked', 'team-']],
    ['an annotation', ['annotate', 'namespace', 'marked', 'questdb-fleet.dev/confirm-delete=marked']],
  ])('change nothing else of it: %s', async (_what, args) => {
    await apply(namespace('marked', { team: 'markets' }));
    expect(await asHooks(...args)).toContain('may change no');
  });
});
