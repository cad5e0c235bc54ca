import { expect, it } from 'vitest';
import { sharedReadings } from '../../../hooks/aws/shared-readings.ts';
import { after } from '../../fixtures/clock.ts';

type Query = { owner: string; architectures: readonly string[] };

it('readings by key are shared by all who ask for the same, each for its own time', async () => {
  let time = 0;
  const read: string[] = [];
  const reading = sharedReadings({
    read: (query: Query) => {
      read.push(query.owner);
      return Promise.resolve(`${query.owner}, reading ${read.length}`);
    },
    maxAgeSeconds: 10,
    now: () => after(time),
  });
  const ask = (owner: string) => reading({ owner, architectures: ['arm64'] });
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['a, reading 1', 'a, reading 1', 'b, reading 2']);
  time = 8;
  await ask('c');
  time = 11;
  expect([await ask('a'), await ask('c')]).toEqual(['a, reading 4', 'c, reading 3']);
  expect(read).toEqual(['a', 'b', 'c', 'a']);
});
