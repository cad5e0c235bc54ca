import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfc3339, transition } from '../../hooks/api/conditions.ts';
import { childLabels } from '../../hooks/api/labels.ts';
import * as names from '../../hooks/api/names.ts';
import {
  canonicalBytes,
  canonicalMiB,
  canonicalMillicores,
  floorMiB,
  parseBytes,
  parseMillicores,
} from '../../hooks/api/quantity.ts';
import { intentOf } from '../../hooks/questdbnode/intent.ts';
import { requestsFrom } from '../../hooks/questdb/requests.ts';
import { AN_IMAGE, aNodeClass, aNodeParent } from '../fixtures/questdbnode.ts';
import { databaseName, size } from './arbitraries.ts';

const holds = <T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void): void => {
  fc.assert(fc.property(arbitrary, law), { numRuns: 500 });
};
const count = (max = 1_000_000_000) => fc.integer({ min: 0, max });

describe('the laws of quantities', () => {
  it('a canonical size is the same size, and canonical', () =>
    holds(size(), (quantity) => {
      const canonical = canonicalBytes(quantity);
      expect(parseBytes(canonical)).toBe(parseBytes(quantity));
      expect(canonicalBytes(canonical)).toBe(canonical);
    }));

  it('equal sizes are written in the same way', () =>
    holds(count(1_000_000), (mebibytes) => {
      expect(canonicalBytes(`${mebibytes}Mi`)).toBe(canonicalBytes(`${mebibytes * 1024}Ki`));
      expect(canonicalMiB(mebibytes)).toBe(canonicalBytes(`${mebibytes}Mi`));
      expect(floorMiB(canonicalMiB(mebibytes))).toBe(mebibytes);
    }));

  it('whole MiB are never more than there is, and miss less than one', () =>
    holds(count(), (bytes) => {
      const missing = parseBytes(bytes) - BigInt(floorMiB(bytes)) * 1024n ** 2n;
      expect(missing >= 0n && missing < 1024n ** 2n).toBe(true);
    }));

  it('millicores come back as they were written', () =>
    holds(count(10_000_000), (millicores) => {
      expect(parseMillicores(canonicalMillicores(millicores))).toBe(millicores);
    }));

  it('a pod never asks for more than its node has', () =>
    holds(fc.tuple(count(1_000_000), count(100_000_000)), ([millicores, mebibytes]) => {
      const { cpu, memory } = requestsFrom({ cpu: `${millicores}m`, memory: `${mebibytes}Mi` });
      expect(parseMillicores(cpu)).toBeLessThanOrEqual(millicores);
      expect(floorMiB(memory)).toBeLessThanOrEqual(mebibytes);
      expect(canonicalMillicores(parseMillicores(cpu))).toBe(cpu);
      expect(canonicalBytes(memory)).toBe(memory);
    }));
});

describe('the laws of names', () => {
  const subdomain = /^[a-z][-a-z0-9]{0,251}[a-z0-9]$/;
  const label = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
  const need = { instanceType: 'r6i.2xlarge', zone: 'eu-west-1a', className: 'default' };

  it('every name made from a valid one is valid', () =>
    holds(fc.tuple(databaseName(), count(1000)), ([name, counter]) => {
      const { nodeName, podName, serviceName, headlessServiceName, statefulSetName, volumeName, claimName } = names;
      const simple = [podName, serviceName, headlessServiceName, statefulSetName, volumeName, claimName];
      for (const make of simple) expect(make(name)).toMatch(label);
      expect(nodeName(name, need, counter)).toMatch(label);
      // Neither becomes a label or a name in DNS: 253 characters are allowed.
      for (const make of [names.configMapName, names.credentialsName]) expect(make(name)).toMatch(subdomain);
      for (const value of Object.values(childLabels(name))) expect(value.length).toBeLessThanOrEqual(63);
    }));

  it('a pod of a StatefulSet has room for the label of its revision', () =>
    holds(databaseName(), (name) => {
      expect(`${names.statefulSetName(name)}-6d4cf56db6`.length).toBeLessThanOrEqual(63);
    }));
});

describe('the laws of conditions', () => {
  const finding = fc.record({
    status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
    reason: fc.constantFrom('A', 'B'),
    message: fc.string(),
  });

  it('said again, they are the same byte for byte, whenever it is', () =>
    holds(
      fc.tuple(
        fc.dictionary(fc.constantFrom('Ready', 'Stalled', 'Joined'), finding),
        fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      ),
      ([findings, later]) => {
        const first = transition(findings, {
          previous: undefined,
          generation: 1,
          now: new Date('2026-03-01T12:00:00Z'),
        });
        expect(transition(findings, { previous: first, generation: 1, now: later })).toEqual(first);
      },
    ));

  it('a time has the form the schema takes', () =>
    holds(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (time) => {
      expect(rfc3339(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const missing = time.getTime() - Date.parse(rfc3339(time));
      expect(missing >= 0 && missing < 1000).toBe(true);
    }));
});

describe('the laws of a launch', () => {
  it('its client token is what EC2 takes, and the same for the same attempt alone', () =>
    holds(
      fc.tuple(fc.uuid(), fc.uuid(), fc.integer({ min: 1, max: 99 }), fc.string({ minLength: 1 })),
      ([uid, other, attempt, clusterName]) => {
        const token = (owner: string, which: number) =>
          intentOf(aNodeParent({ metadata: { uid: owner } }), {
            nodeClass: aNodeClass(),
            image: AN_IMAGE,
            subnetId: 'subnet-a',
            attempt: which,
            clusterName,
            now: new Date(),
          }).token;
        expect(token(uid, attempt)).toMatch(/^[\x21-\x7e]{1,64}$/);
        expect(token(uid, attempt)).toBe(token(uid, attempt));
        expect(token(uid, attempt)).not.toBe(token(uid, attempt + 1));
        if (uid !== other) expect(token(uid, attempt)).not.toBe(token(other, attempt));
      },
    ));
});
