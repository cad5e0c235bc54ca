import { describe, expect, it } from 'vitest';
import { boundClaim, identityChange, staticPersistentVolume } from '../../../hooks/questdbvolume/objects.ts';
import { planNext } from '../../../hooks/questdbvolume/plan.ts';
import { statusOf } from '../../../hooks/questdbvolume/status.ts';
import {
  aClaim,
  anEbsVolume,
  aPersistentVolume,
  aVolumeParent,
  observingVolume,
  VOLUME_ID,
  VOLUME_LABELS,
} from '../../fixtures/questdbvolume.ts';

const LAYOUT = 'questdb-fleet.dev/layout';
const OWNER = { 'questdb-fleet.dev/owner': 'acme/trades' };
type From = NonNullable<Parameters<typeof aVolumeParent>[0]>['spec'];
const asked = (from: NonNullable<From>['from']) =>
  from === undefined ? aVolumeParent() : aVolumeParent({ spec: { from } });
const told = (layout: string) => ({ [LAYOUT]: layout });

describe('the layout of a volume', () => {
  it.each([
    [undefined, {}, undefined],
    [undefined, told('DbOnly'), 'DbOnly'],
    [{ claimName: 'trades-data' }, {}, 'Root'],
    [{ claimName: 'trades-data', layout: 'DbOnly' as const }, told('Root'), 'DbOnly'],
    [{ claimName: 'other-data', layout: 'DbOnly' as const }, {}, undefined],
    [{ volumeHandle: VOLUME_ID }, {}, 'Root'],
    [{ volumeHandle: VOLUME_ID, layout: 'DbOnly' as const }, {}, 'DbOnly'],
  ])(
    'is what the manifest says of what it takes over, else what the data tells: %o, %o',
    (from, annotations, layout) => {
      const observed = observingVolume({ parent: asked(from) });
      const claim = aClaim({ metadata: { annotations: { ...OWNER, ...annotations } } });
      expect(identityChange(observed, claim).annotations?.[LAYOUT]).toBe(layout);
      const taking = { step: 'TakeClaim', claim } as const;
      expect(statusOf({ ...observed, claim }, taking).layout, 'told together with the claim').toBe(layout);
    },
  );

  it('is found again from the PersistentVolume, and from the EBS volume alone', () => {
    const observed = observingVolume();
    const persistentVolume = aPersistentVolume({ metadata: { annotations: told('DbOnly') } });
    expect(boundClaim(observed, persistentVolume).metadata?.annotations).toMatchObject(told('DbOnly'));
    expect(statusOf(observed, { step: 'Bind', persistentVolume }).layout).toBe('DbOnly');
    const volume = anEbsVolume({ tags: { ...VOLUME_LABELS, ...told('DbOnly') } });
    expect(staticPersistentVolume(observed, { volume, lostBy: undefined }).metadata?.annotations).toEqual(
      told('DbOnly'),
    );
  });

  it('is put on all three levels, and corrected on them', () => {
    const parent = asked({ volumeHandle: VOLUME_ID, layout: 'DbOnly' });
    const stepWith = (onClaim: object, onVolume: object, onEbs: object) =>
      planNext(
        observingVolume({
          parent,
          claim: aClaim({ metadata: { annotations: { ...OWNER, ...onClaim } } }),
          persistentVolume: aPersistentVolume({ metadata: { annotations: { ...onVolume } } }),
          bound: anEbsVolume({ tags: { ...VOLUME_LABELS, ...onEbs } }),
        }),
      ).step;
    const right = told('DbOnly');
    expect(stepWith(told('Root'), right, right)).toBe('TakeClaim');
    expect(stepWith(right, told('Root'), right)).toBe('Secure');
    expect(stepWith(right, right, {})).toBe('Secure');
    expect(stepWith(right, right, right)).toBe('Keep');
  });
});
