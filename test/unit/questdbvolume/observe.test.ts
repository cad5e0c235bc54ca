import { describe, expect, it } from 'vitest';
import { candidateClaimNames, chosenClaim, settledClaim, zoneOf } from '../../../hooks/questdbvolume/observe.ts';
import { condition } from '../../fixtures/conditions.ts';
import { mapOf } from '../../fixtures/questdb.ts';
import { aClaim, aPersistentVolume, aVolumeParent, inZone } from '../../fixtures/questdbvolume.ts';

describe('the zone of a PersistentVolume', () => {
  const zone = (nodeSelectorTerms: ReturnType<typeof inZone>[]) =>
    zoneOf(aPersistentVolume({ spec: { nodeAffinity: { required: { nodeSelectorTerms } } } }));

  it.each([
    ['the key of the driver', [inZone('topology.ebs.csi.aws.com/zone', ['a'])], 'a'],
    ['the key of Kubernetes', [inZone('topology.kubernetes.io/zone', ['a'])], 'a'],
    ['both keys', [inZone('topology.ebs.csi.aws.com/zone', ['a']), inZone('topology.kubernetes.io/zone', ['a'])], 'a'],
    ['two zones', [inZone('topology.kubernetes.io/zone', ['a', 'b'])], undefined],
    ['another key', [inZone('kubernetes.io/hostname', ['a'])], undefined],
    ['a zone to avoid', [inZone('topology.kubernetes.io/zone', ['a'], 'NotIn')], undefined],
    ['nothing', [], undefined],
  ])('is told by %s', (_name, terms, expected) => {
    expect(zone(terms)).toBe(expected);
  });

  it('is not known of one without affinity, nor of none', () => {
    expect([zoneOf({ ...aPersistentVolume(), spec: {} }), zoneOf(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('the claim of a database', () => {
  const named = (name: string) => aClaim({ metadata: { name } });
  const foreign = (name: string) => aClaim({ metadata: { name, annotations: {} } });
  const from = { from: { claimName: 'mine' } };
  const chosen = (changes: Parameters<typeof aVolumeParent>[0], claims: ReturnType<typeof aClaim>[]) =>
    chosenClaim(aVolumeParent(changes), claims)?.metadata.name;

  it.each<[string, Parameters<typeof aVolumeParent>[0], ReturnType<typeof aClaim>[], string | undefined]>([
    ['none', {}, [], undefined],
    ['the one of its name', {}, [named('trades-data')], 'trades-data'],
    ['the one of its name, to be refused', {}, [foreign('trades-data')], 'trades-data'],
    ['the only one that says so, whatever its name', {}, [named('old'), foreign('trades-data')], 'old'],
    ['none of two that say so', {}, [named('old'), named('trades-data')], undefined],
    ['none of a name it cannot have', {}, [foreign('x')], undefined],
    ['the known one of two that say so', { status: { claimName: 'old' } }, [named('old'), named('trades-data')], 'old'],
    ['not the known one when it does not say so', { status: { claimName: 'old' } }, [foreign('old')], undefined],
    ['the one the user names', { spec: from }, [foreign('mine')], 'mine'],
    ['the one the user names, which says so', { spec: from }, [named('mine'), foreign('trades-data')], 'mine'],
    [
      'none when another one says so than the user names',
      { spec: from },
      [named('trades-data'), foreign('mine')],
      undefined,
    ],
    [
      'the one that says so when there is none that the user names',
      { spec: from },
      [named('trades-data')],
      'trades-data',
    ],
    [
      'the known one, whatever the user names',
      { spec: from, status: { claimName: 'old' } },
      [named('mine'), named('old')],
      'old',
    ],
  ])('is %s', (_name, changes, claims, name) => {
    expect(chosen(changes, claims)).toBe(name);
    expect(chosen(changes, [...claims].reverse())).toBe(name);
  });

  it('may have three names, each once', () => {
    expect(candidateClaimNames(aVolumeParent())).toEqual(['trades-data']);
    const parent = aVolumeParent({ spec: from, status: { claimName: 'old' } });
    expect(candidateClaimNames(parent)).toEqual(['old', 'mine', 'trades-data']);
    expect(candidateClaimNames(aVolumeParent({ status: { claimName: 'trades-data' } }))).toEqual(['trades-data']);
  });
});

describe('a claim with which nothing has changed', () => {
  const status = { claimName: 'trades-data', volumeName: 'pvc-1', conditions: [condition('Ready', 'True')] };
  const settled = (claim = aClaim(), changes = {}) =>
    settledClaim({
      parent: aVolumeParent({ status: { ...status, ...changes } }),
      children: {},
      related: mapOf([claim]),
      finalizing: false,
    });

  it('is found in the request', () => {
    expect(settled()).toEqual(aClaim());
  });

  it.each([
    ['it was not Ready', aClaim(), { conditions: [condition('Ready', 'False')] }],
    [
      'it was Ready for an older spec',
      aClaim(),
      { conditions: [condition('Ready', 'True', { observedGeneration: 0 })] },
    ],
    ['it is another claim', aClaim({ metadata: { name: 'other' } }), {}],
    ['it is being deleted', aClaim({ metadata: { deletionTimestamp: '2026-03-01T12:00:00Z' } }), {}],
    ['it is not bound', aClaim({ status: { phase: 'Lost' } }), {}],
    ['it has another volume', aClaim(), { volumeName: 'pvc-2' }],
  ])('is not when %s', (_name, claim, changes) => {
    expect(settled(claim, changes)).toBeUndefined();
  });
});
