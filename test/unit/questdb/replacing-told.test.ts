import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../hooks/metacontroller/contract.ts';
import { announce } from '../../../hooks/questdb/announce.ts';
import { databaseWorld } from '../../fixtures/database-world.ts';
import { aDatabase } from '../../fixtures/questdb.ts';
import { GOING, setOn } from '../../fixtures/replacement.ts';
import { bigger, NEW, notReady, OLD, old, passOf, same, TO, type Asked } from '../../fixtures/replacing.ts';

describe('the way to another instance', () => {
  const told = async (...pass: Parameters<typeof passOf>) => {
    const { database, observed, plan, status } = passOf(...pass);
    const world = databaseWorld({ live: database });
    await announce(world.ports, observed, plan, status);
    return world.effects.map(({ with: said }) => said);
  };
  const event = (reason: string, message: string) => [{ about: 'QuestDB/trades', type: 'Normal', reason, message }];

  it('is told when it begins, without what is waited for', async () => {
    const message = `The database moves from ${OLD} to ${TO}: spec.node asks for another instance.`;
    expect(await told({}, [setOn('a'), old, notReady])).toEqual(event('ReplacementStarted', message));
  });

  it.each<[string, Asked, KubernetesObject[]]>([
    ['while it lasts', { before: 'WaitingForNode' }, [setOn('a'), old, bigger]],
    ['while nothing is on its way', same, [setOn('a'), old]],
    ['when there is nothing any more that could move', { before: 'PodMoving' }, [old, bigger]],
  ])('is not told %s', async (_name, asked, children) => {
    expect(await told(asked, children)).toEqual([]);
  });

  it('is told when the pod is ready on the new one', async () => {
    const message = `The database runs on ${NEW}.`;
    expect(await told({ before: 'PodMoving' }, [setOn('b'), old, bigger])).toEqual(event('Moved', message));
  });

  it('is told when it was given up', async () => {
    const message = `The database stays on ${OLD}.`;
    const asked = { ...same, before: 'WaitingForNode' };
    expect(await told(asked, [setOn('a'), old, bigger])).toEqual(event('ReplacementStopped', message));
  });

  it('is told of the object that the API server has alone', async () => {
    const { observed, plan, status } = passOf({}, [setOn('a'), old]);
    for (const live of [null, aDatabase({ metadata: { generation: 2 } }), aDatabase({ metadata: GOING })]) {
      const world = databaseWorld({ live });
      await expect(announce(world.ports, observed, plan, status)).rejects.toThrow();
      expect(world.effects).toEqual([]);
    }
  });
});
