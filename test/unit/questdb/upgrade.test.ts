import { describe, expect, it } from 'vitest';
import { refusedVersion, upgradeOf } from '../../../hooks/questdb/upgrade.ts';
import { planNext } from '../../../hooks/questdb/plan.ts';
import { aDatabase, ANSWERED, aStatefulSet, aVolume, observing, POD_INPUT } from '../../fixtures/questdb.ts';

const running = (ran: string | undefined, version: string) =>
  aDatabase({ spec: { version }, status: ran === undefined ? {} : { version: ran } });

describe('another version', () => {
  it.each([
    [undefined, '1.0.0', undefined],
    ['9.3.4', '9.3.4', undefined],
    ['9.3.4', '9.3.5', undefined],
    ['9.3.4', '9.10.0', undefined],
    ['9.3.4', '9.3.3', 'DowngradeRefused'],
    ['9.10.0', '9.9.9', 'DowngradeRefused'],
    ['9.3.4', '10.0.0', 'MajorVersionRefused'],
    ['9.3.4', '8.9.9', 'MajorVersionRefused'],
    ['9.3.4-SNAPSHOT', '9.3.3', 'DowngradeRefused'],
    ['a build of one’s own', '9.3.3', undefined],
  ])('where %s has answered, %s is %s', (ran, version, reason) => {
    expect(refusedVersion(running(ran, version))?.reason).toBe(reason);
  });

  const wayOf = (ran: string | undefined, version: string, runs: string, facts = {}) => {
    const engine = { version: runs, image: `questdb/questdb:${runs}` };
    const database = running(ran, version);
    const observed = observing(database, [aVolume(), aStatefulSet(database, { ...POD_INPUT, engine })], facts);
    return upgradeOf(observed, planNext(observed));
  };

  it.each([
    ['nothing has answered yet', undefined, '9.3.4', '9.3.4', {}, undefined],
    ['it is the one that answered', '9.3.4', '9.3.4', '9.3.4', {}, undefined],
    ['the pod is the old one', '9.3.4', '9.3.5', '9.3.4', { probe: ANSWERED }, 'From 9.3.4 to 9.3.5.'],
    ['the new pod is silent', '9.3.4', '9.3.5', '9.3.5', {}, 'From 9.3.4 to 9.3.5.'],
    ['the new pod has answered', '9.3.4', '9.3.5', '9.3.5', { probe: ANSWERED }, undefined],
    ['it is refused', '9.3.4', '9.3.3', '9.3.4', {}, undefined],
  ])('is on its way: %s', (...[, ran, version, runs, facts, way]) => {
    expect(wayOf(ran, version, runs, facts)).toBe(way);
  });
});
