import { readFileSync } from 'node:fs';
import type { QuestDB } from '../../hooks/api/generated/questdb.ts';
import type { KubernetesObject, SyncRequest } from '../../hooks/metacontroller/contract.ts';
import { configMap } from '../../hooks/questdb/children/configmap.ts';

/** A request of the sync hook of QuestDB as it crosses the wire, and about how many KB it has. */
export type Body = { kilobytes: number; text: string };

/** A recorded request: a database on an instance of its own that is Ready, and nothing to do. */
const RECORDED = 'test/scenarios/questdb/steady/request.json';

type Request = SyncRequest<QuestDB>;

const recorded = (): Request => JSON.parse(readFileSync(RECORDED, 'utf8')) as Request;

/** A database on any node of the cluster has few children: the smallest request there is once it runs. */
const small = (): Request => {
  const request = recorded();
  return { ...request, children: { 'Service.v1': request.children['Service.v1'] ?? {} } };
};

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
const fieldsOf = (value: unknown): object =>
  typeof value !== 'object' || value === null
    ? {}
    : Object.fromEntries(
        Object.entries(value).map(([key, of]: [string, unknown]) =>
          Array.isArray(value) ? [`k:{"name":"${key}"}`, { '.': {}, ...fieldsOf(of) }] : [`f:${key}`, fieldsOf(of)],
        ),
      );

/** What the API server keeps of who wrote which field: Metacontroller all that is wanted, a controller the status. */
const managedFields = ({ apiVersion, kind: _kind, status, ...wanted }: KubernetesObject & { status?: unknown }) => [
  managed('metacontroller', apiVersion, wanted),
  ...(status === undefined ? [] : [managed('kube-controller-manager', apiVersion, { status }, 'status')]),
];

const managed = (manager: string, apiVersion: string, fields: object, subresource?: string): object => ({
  manager,
  operation: 'Update',
  apiVersion,
  time: '2026-03-01T12:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsOf(fields),
  ...(subresource === undefined ? {} : { subresource }),
});

/** Metacontroller's memory of what it applied last. */
const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';

/** What a recorded object leaves out, and a cluster adds. */
const keptInCluster = (object: KubernetesObject & { status?: unknown }): KubernetesObject => {
  const { status: _status, ...wanted } = object;
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED]: JSON.stringify(wanted) };
  const metadata = { ...object.metadata, annotations, managedFields: managedFields(object) };
  return { ...object, metadata };
};

const asKept = (request: Request): Request => ({
  ...request,
  children: Object.fromEntries(
    Object.entries(request.children).map(([kind, objects]) => [
      kind,
      Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, keptInCluster(object)])),
    ]),
  ),
});

/** The most that a manifest may configure, near enough: it is in the QuestDB and in its ConfigMap. */
const withConfig = (request: Request, kilobytes: number): Request => {
  const keys = Math.ceil((kilobytes * 1024) / 2 / 1000);
  const config = Object.fromEntries(
    Array.from({ length: keys }, (_, index) => [`bench.key${index}`, 'x'.repeat(1000)]),
  );
  const parent = { ...request.parent, spec: { ...request.parent.spec, config } };
  const [name = '', current] = Object.entries(request.children['ConfigMap.v1'] ?? {})[0] ?? [];
  const wanted = { ...current, ...configMap(parent), metadata: current?.metadata } as KubernetesObject;
  return { ...request, parent, children: { ...request.children, 'ConfigMap.v1': { [name]: wanted } } };
};

/** Requests of three sizes. */
export const bodies = (): Body[] => {
  const full = asKept(recorded());
  return [small(), full, withConfig(full, 200)].map((request) => {
    const text = JSON.stringify(request);
    return { kilobytes: Math.round(text.length / 1024), text };
  });
};
