import { describe, expect, it } from 'vitest';
import { RetryLater } from '../../../hooks/metacontroller/errors.ts';
import { carryOut } from '../../../hooks/questdbvolume/carry-out.ts';
import type { EbsVolume } from '../../../hooks/questdbvolume/ports.ts';
import { anEbsVolume, observingVolume, VOLUME_ID, VOLUME_LABELS } from '../../fixtures/questdbvolume.ts';
import { volumeWorld } from '../../fixtures/volume-world.ts';

const FOUND = anEbsVolume({ tags: VOLUME_LABELS });
const TAKEN = anEbsVolume({ tags: { ...VOLUME_LABELS, 'questdb-fleet.dev/database': 'quotes' } });

/** The volume was found in the reading that all share, and EC2 has it like this by now. */
const make = async (now: EbsVolume | undefined) => {
  const { ports, effects } = volumeWorld({ ebsVolumes: now === undefined ? [] : [now] });
  const plan = { step: 'MakePersistentVolume', volume: FOUND, lostBy: undefined } as const;
  const outcome = await carryOut(ports, observingVolume(), plan).catch((error: unknown) => error);
  return { outcome, did: effects.map(({ call }) => call) };
};

describe('a volume that was found by its tags', () => {
  it('gets its PersistentVolume while it is still of whom it was', async () => {
    expect(await make(FOUND)).toMatchObject({ did: ['tag', 'createPersistentVolume'] });
  });

  it.each([
    ['another has taken meanwhile', TAKEN],
    ['EC2 does not know any more', undefined],
  ])('is not touched when it is one that %s', async (_what, now) => {
    const { outcome, did } = await make(now);
    expect(did).toEqual([]);
    expect(outcome).toBeInstanceOf(RetryLater);
    expect(outcome).toHaveProperty('message', expect.stringContaining(`Volume ${VOLUME_ID} is gone or another's`));
  });
});
