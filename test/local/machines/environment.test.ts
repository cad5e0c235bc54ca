import { describe, expect, it } from 'vitest';
import { environmentOf, expand, type References } from '../../../local/machines/environment.ts';
import { containerOf, podOf } from './objects.ts';

const facts = {
  pod: podOf({
    metadata: { name: 'db-0', namespace: 'acme', uid: 'u1', labels: { app: 'db' }, annotations: { note: 'x' } },
    spec: { nodeName: 'n1', containers: [] },
  }),
  podIP: '10.1.128.1',
  hostIP: '10.2.0.4',
};

const references: References = {
  configMap: (name) => Promise.resolve(name === 'settings' ? { colour: 'red' } : undefined),
  secret: (name) => Promise.resolve(name === 'credentials' ? { password: 'sesame' } : undefined),
};

const container = (fields: object) => containerOf({ name: 'c', ...fields });

const resolve = async (fields: object) => Object.fromEntries(await environmentOf(container(fields), facts, references));

const from = (valueFrom: object) => resolve({ env: [{ name: 'A', valueFrom }] });

describe('the environment of a container', () => {
  it.each([
    [{ secretKeyRef: { name: 'credentials', key: 'password' } }, 'sesame'],
    [{ configMapKeyRef: { name: 'settings', key: 'colour' } }, 'red'],
    [{ fieldRef: { fieldPath: 'metadata.name' } }, 'db-0'],
    [{ fieldRef: { fieldPath: "metadata.labels['app']" } }, 'db'],
    [{ fieldRef: { fieldPath: "metadata.annotations['note']" } }, 'x'],
    [{ fieldRef: { fieldPath: 'spec.nodeName' } }, 'n1'],
    [{ fieldRef: { fieldPath: 'status.podIP' } }, '10.1.128.1'],
    [{ fieldRef: { fieldPath: 'status.hostIP' } }, '10.2.0.4'],
    [{ secretKeyRef: { name: 'none', key: 'password', optional: true } }, undefined],
  ])('takes %j', async (source, value) => {
    expect((await from(source)).A).toBe(value);
  });

  it('takes resources in the unit asked for, rounded up', async () => {
    const env = [
      { name: 'MIB', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } } },
    ];
    const resources = { limits: { memory: '2Gi' }, requests: { cpu: '1500m' } };
    expect(await resolve({ env: env, resources })).toMatchObject({ MIB: '2048', CPUS: '2' });
  });

  it.each([
    [{ secretKeyRef: { name: 'none', key: 'x' } }, 'secret "none" not found'],
    [{ secretKeyRef: { name: 'credentials', key: 'x' } }, "couldn't find key x in secret credentials"],
    [{ configMapKeyRef: { name: 'none', key: 'x' } }, 'configmap "none" not found'],
    [{ fieldRef: { fieldPath: 'spec.colour' } }, 'unsupported fieldPath: spec.colour'],
  ])('says what is missing: %j', async (source, message) => {
    await expect(from(source)).rejects.toThrow(message);
  });

  it('lets its own list win over whole objects, and refers to what came before', async () => {
    const fields = {
      envFrom: [{ configMapRef: { name: 'settings' } }, { prefix: 'P_', secretRef: { name: 'credentials' } }],
      env: [
        { name: 'colour', value: 'blue' },
        { name: 'SENTENCE', value: 'a $(colour) $(HOSTNAME) $$(colour) $(later)' },
      ],
    };
    expect(await resolve(fields)).toEqual({
      HOSTNAME: 'db-0',
      P_password: 'sesame',
      colour: 'blue',
      SENTENCE: 'a blue db-0 $(colour) $(later)',
    });
  });

  it('expands arguments the same way', () => {
    expect(expand('--name=$(A)', new Map([['A', 'x']]))).toBe('--name=x');
  });
});
