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

/** What the API server keeps of who wrote which field, about as much as it keeps for such objects. */
const managedFields = (object: KubernetesObject): unknown[] =>
  ['metacontroller', 'kube-controller-manager'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: object.apiVersion,
    time: '2026-03-01T12:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: Object.fromEntries(
      Object.keys(object.metadata).map((key) => [`f:${key}`, { '.': {}, [`k:{"uid":"${object.metadata.uid}"}`]: {} }]),
    ),
  }));

const withManagedFields = (request: Request): Request => ({
  ...request,
  children: Object.fromEntries(
    Object.entries(request.children).map(([kind, objects]) => [
      kind,
      Object.fromEntries(
        Object.entries(objects).map(([name, object]) => [
          name,
          { ...object, metadata: { ...object.metadata, managedFields: managedFields(object) } },
        ]),
      ),
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
  const full = withManagedFields(recorded());
  return [small(), full, withConfig(full, 200)].map((request) => {
    const text = JSON.stringify(request);
    return { kilobytes: Math.round(text.length / 1024), text };
  });
};
