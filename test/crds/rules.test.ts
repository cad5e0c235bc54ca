import { CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { useControlPlane } from './control-plane.ts';
import { DEFINITIONS, definitionOf, walk } from './definitions.ts';
import { OTHER_CREATE_ROWS, OTHER_UPDATE_ROWS } from './other-rules.ts';
import { QUESTDB_CONFIG_ROWS } from './questdb-config-rules.ts';
import { QUESTDB_POD_ROWS } from './questdb-pod-rules.ts';
import { QUESTDB_CREATE_ROWS, QUESTDB_UPDATE_ROWS } from './questdb-rules.ts';
import type { CreateRow, Fields, UpdateRow } from './row.ts';

const CREATE_ROWS = [...QUESTDB_CREATE_ROWS, ...QUESTDB_CONFIG_ROWS, ...QUESTDB_POD_ROWS, ...OTHER_CREATE_ROWS];
const UPDATE_ROWS = [...QUESTDB_UPDATE_ROWS, ...OTHER_UPDATE_ROWS];

type Stored = { metadata: { name: string; resourceVersion: string }; spec: Fields; status?: Fields };

/** What the API server answered: the object, or the sentence of its refusal. */
type Answer = { object: Stored } | { refusal: string };

const settings = useControlPlane();

let client: CustomObjectsApi | undefined;
const api = (): CustomObjectsApi => {
  if (client !== undefined) return client;
  const config = new KubeConfig();
  config.loadFromFile(settings().paths.kubeconfig);
  client = config.makeApiClient(CustomObjectsApi);
  return client;
};

const NAMESPACE = 'default';
const GROUP = { group: 'questdb-fleet.dev', version: 'v1alpha1' };

const answerOf = async (call: Promise<unknown>): Promise<Answer> => {
  try {
    return { object: (await call) as Stored };
  } catch (error) {
    const body = error instanceof Error && 'body' in error ? String(error.body) : '';
    if (body === '') throw error;
    return { refusal: (JSON.parse(body) as { message: string }).message };
  }
};

const create = (kind: string, name: string, spec: Fields, dryRun?: string): Promise<Answer> => {
  const { plural, scope } = definitionOf(kind);
  const body = { apiVersion: 'questdb-fleet.dev/v1alpha1', kind, metadata: { name }, spec };
  const options = { ...GROUP, plural, body, fieldValidation: 'Strict', ...(dryRun === undefined ? {} : { dryRun }) };
  return answerOf(
    scope === 'Namespaced'
      ? api().createNamespacedCustomObject({ ...options, namespace: NAMESPACE })
      : api().createClusterCustomObject(options),
  );
};

const replace = (kind: string, stored: Stored, spec: Fields): Promise<Answer> => {
  const { plural, scope } = definitionOf(kind);
  const { name } = stored.metadata;
  const options = { ...GROUP, plural, name, body: { ...stored, spec }, dryRun: 'All', fieldValidation: 'Strict' };
  return answerOf(
    scope === 'Namespaced'
      ? api().replaceNamespacedCustomObject({ ...options, namespace: NAMESPACE })
      : api().replaceClusterCustomObject(options),
  );
};

const writeStatus = (kind: string, stored: Stored, status: Fields): Promise<Answer> =>
  answerOf(
    api().replaceNamespacedCustomObjectStatus({
      ...GROUP,
      plural: definitionOf(kind).plural,
      namespace: NAMESPACE,
      name: stored.metadata.name,
      body: { ...stored, status },
    }),
  );

const accepted = (answer: Answer): Stored => {
  if ('refusal' in answer) throw new Error(answer.refusal);
  return answer.object;
};

const check = (answer: Answer, { refused }: CreateRow | UpdateRow): void => {
  if (refused === undefined) accepted(answer);
  else expect('refusal' in answer ? answer.refusal : 'accepted').toContain(refused);
};

const verdict = ({ refused }: CreateRow | UpdateRow): string => (refused === undefined ? 'accepted' : 'refused');

describe('what is applied anew', () => {
  it.each(CREATE_ROWS.map((row) => [row.kind, row.what, verdict(row), row] as const))(
    '%s: %s is %s',
    async (kind, _what, _verdict, row) => {
      const answer = await create(kind, row.name ?? 'trades', row.spec, 'All');
      check(answer, row);
      if (row.stored !== undefined) expect(accepted(answer).spec).toMatchObject(row.stored);
    },
  );
});

describe('what is applied over what exists', () => {
  it.each(UPDATE_ROWS.map((row, index) => [row.kind, row.what, verdict(row), row, `row-${index}`] as const))(
    '%s: a change of %s is %s',
    async (kind, _what, _verdict, row, name) => {
      const first = accepted(await create(kind, name, row.before));
      const stored = row.status === undefined ? first : accepted(await writeStatus(kind, first, row.status));
      check(await replace(kind, stored, row.after), row);
    },
  );
});

describe('the rows', () => {
  const messages = DEFINITIONS.flatMap(({ kind, schema }) =>
    walk(schema).flatMap(([, { 'x-kubernetes-validations': rules }]) =>
      (rules ?? []).map(({ rule, message }) => [kind, message ?? rule] as const),
    ),
  );

  it.each(messages)('%s: there is one that is refused with "%s"', (kind, message) => {
    const refusals = [...CREATE_ROWS, ...UPDATE_ROWS].filter((row) => row.kind === kind && row.refused !== undefined);
    expect(refusals.some(({ refused }) => refused !== undefined && message.includes(refused))).toBe(true);
  });

  it.each(DEFINITIONS.map(({ kind }) => [kind]))('%s: there is one that is accepted', (kind) => {
    expect(CREATE_ROWS.some((row) => row.kind === kind && row.refused === undefined)).toBe(true);
    expect(UPDATE_ROWS.some((row) => row.kind === kind && row.refused === undefined)).toBe(true);
  });
});
