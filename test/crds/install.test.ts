import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { installDefinitions } from '../../local/controlplane/install.ts';
import { kubectl } from '../../local/controlplane/kubectl.ts';
import { APPLICABLE, oneOf, render } from '../manifests/render.ts';
import { REPOSITORY, useControlPlane } from './control-plane.ts';
import { DEFINITIONS, walk } from './definitions.ts';

const settings = useControlPlane();
const run = (args: string[], input?: string): Promise<string> => kubectl(settings(), args, input);
/** What kubectl says when it refuses. */
const refusalOf = (args: string[], input?: string): Promise<string> =>
  run(args, input).then(
    (output) => `accepted: ${output}`,
    (error: unknown) => String(error),
  );

beforeAll(async () => {
  await installDefinitions(settings(), process.env);
  await run(['apply', '-k', join(REPOSITORY, 'manifests', 'overlays', 'local')]);
});

describe('crds/', () => {
  it('is taken by plain kubectl apply, again without a change', async () => {
    const output = await run(['apply', '-k', join(REPOSITORY, 'crds')]);
    for (const { plural } of DEFINITIONS) expect(output).toContain(`${plural}.questdb-fleet.dev unchanged`);
  });

  it('is accepted without a complaint: structural, names free', async () => {
    const { items } = JSON.parse(await run(['get', 'crd', '-o', 'json'])) as {
      items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[];
    };
    const ours = items.filter(({ metadata }) => metadata.name.endsWith('.questdb-fleet.dev'));
    expect(ours.length).toBe(DEFINITIONS.length);
    for (const { status } of ours) {
      const conditions = Object.fromEntries(status.conditions.map((condition) => [condition.type, condition.status]));
      expect(conditions).toMatchObject({ Established: 'True', NamesAccepted: 'True' });
      expect(conditions.NonStructuralSchema).toBeUndefined();
    }
  });
});

describe('kubectl explain', () => {
  it.each(DEFINITIONS.map(({ plural, schema }) => [plural, schema] as const))(
    '%s --recursive names every field',
    async (plural, schema) => {
      const output = await run(['explain', plural, '--recursive', '--api-version=questdb-fleet.dev/v1alpha1']);
      const names = walk(schema).flatMap(([, { properties }]) => Object.keys(properties ?? {}));
      for (const name of names) expect(output).toMatch(new RegExp(`^\\s+${name}\\t`, 'm'));
      expect(output).not.toContain('<empty>');
    },
  );

  it('of a field says what it means', async () => {
    const output = await run(['explain', 'questdb.spec.storage.size']);
    expect(output).toMatch(/never\s+shrinks/);
  });
});

describe('kubectl get', () => {
  it('shows the columns people look at', async () => {
    await run(['apply', '-f', join(REPOSITORY, 'examples', 'quickstart.yaml')]);
    const headOf = async (...args: string[]) => (await run(['get', ...args])).split('\n')[0]?.trim().split(/\s+/);
    const columns = ['NAME', 'READY', 'REASON', 'VERSION', 'INSTANCE', 'SIZE', 'AGE'];
    expect(await headOf('qf')).toEqual(columns);
    expect(await headOf('questdb', '-o', 'wide')).toEqual([...columns, 'ZONE', 'INSTANCE-ID', 'VOLUME-ID', 'MESSAGE']);
    expect(await headOf('questdb-fleet')).toEqual(columns);
  });
});

describe('examples/', () => {
  it.each(globSync('*.yaml', { cwd: join(REPOSITORY, 'examples') }))('%s applies', async (file) => {
    await run(['apply', '--dry-run=server', '-f', join(REPOSITORY, 'examples', file)]);
  });

  it('a typing error in one is refused by plain kubectl apply, with the field', async () => {
    const text = readFileSync(join(REPOSITORY, 'examples', 'quickstart.yaml'), 'utf8');
    const refusal = await refusalOf(['apply', '-f', '-'], text.replace('storage:', 'storrage:'));
    expect(refusal).toContain('unknown field "spec.storrage"');
  });
});

describe('manifests/', () => {
  it.each(APPLICABLE)('%s is valid, every field known', async (folder) => {
    await run(['apply', '--dry-run=server', '--validate=strict', '-k', join(REPOSITORY, 'manifests', folder)]);
  });

  it('give a namespace that takes the pods of the hooks, and no other', async () => {
    const spec = oneOf(render('base'), 'Deployment').spec?.template.spec;
    const pod = (change: object) =>
      stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'trial', namespace: 'questdb-fleet' },
        spec: { ...spec, ...change },
      });
    const create = ['create', '--dry-run=server', '-f', '-'];
    await run(create, pod({}));
    const containers = (spec?.containers ?? []).map((container) => ({ ...container, securityContext: {} }));
    expect(await refusalOf(create, pod({ containers }))).toContain('violates PodSecurity "restricted:latest"');
    expect(await refusalOf(create, pod({ hostNetwork: true }))).toContain('violates PodSecurity "restricted:latest"');
  });
});

const HOOKS = 'system:serviceaccount:questdb-fleet:questdb-fleet-hooks';
const METACONTROLLER = 'system:serviceaccount:metacontroller:metacontroller';
const OURS = 'questdb-fleet.dev';

type Question = { verb: string; group?: string; resource: string; subresource?: string };

/** The API server's own word, on the local overlay; test/manifests/rbac.test.ts asks an evaluator for all the rest. */
describe('the authorizer', () => {
  it.each<[account: string, allowed: boolean, question: Question]>([
    [HOOKS, true, { verb: 'get', group: OURS, resource: 'questdbs' }],
    [HOOKS, false, { verb: 'update', group: OURS, resource: 'questdbs', subresource: 'status' }],
    [HOOKS, true, { verb: 'create', resource: 'persistentvolumeclaims' }],
    [HOOKS, true, { verb: 'delete', resource: 'persistentvolumeclaims' }],
    [HOOKS, false, { verb: 'deletecollection', resource: 'persistentvolumeclaims' }],
    [HOOKS, true, { verb: 'patch', resource: 'namespaces' }],
    [HOOKS, false, { verb: 'delete', resource: 'namespaces' }],
    [HOOKS, false, { verb: 'delete', resource: 'persistentvolumes' }],
    [HOOKS, true, { verb: 'get', resource: 'secrets' }],
    [HOOKS, false, { verb: 'list', resource: 'secrets' }],
    [HOOKS, true, { verb: 'patch', resource: 'secrets' }],
    [HOOKS, false, { verb: 'delete', resource: 'secrets' }],
    [HOOKS, true, { verb: 'delete', resource: 'nodes' }],
    [METACONTROLLER, true, { verb: 'update', group: OURS, resource: 'questdbs', subresource: 'status' }],
    [METACONTROLLER, false, { verb: 'delete', group: OURS, resource: 'questdbs' }],
    [METACONTROLLER, true, { verb: 'delete', group: 'apps', resource: 'statefulsets' }],
    [METACONTROLLER, true, { verb: 'list', resource: 'persistentvolumeclaims' }],
    [METACONTROLLER, false, { verb: 'delete', resource: 'persistentvolumeclaims' }],
    [METACONTROLLER, false, { verb: 'create', resource: 'pods' }],
    [METACONTROLLER, true, { verb: 'watch', group: 'metacontroller.k8s.io', resource: 'compositecontrollers' }],
  ])('%s: %s for %j', async (user, allowed, question) => {
    const review = stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: { user, resourceAttributes: { namespace: 'default', ...question } },
    });
    const answer = await run(['create', '-f', '-', '-o', 'jsonpath={.status.allowed}'], review);
    expect(answer).toBe(String(allowed));
  });
});
