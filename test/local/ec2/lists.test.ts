import {
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  paginateDescribeInstances,
  paginateDescribeVolumes,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matches } from '../../../local/ec2/filters.ts';
import { errorOf, launch, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
beforeEach(async () => {
  account = await openAccount({ settings: { maxPageSize: 6 } });
});
afterEach(() => account.close());

const createVolumes = async (count: number): Promise<string[]> => {
  const ids = [];
  for (let number = 0; number < count; number += 1) {
    const volume = await account.ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: number % 2 === 0 ? 'eu-west-1a' : 'eu-west-1b',
        Size: 10 + number,
        VolumeType: 'gp3',
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'number', Value: String(number) }] }],
      }),
    );
    ids.push(volume.VolumeId ?? '');
  }
  return ids;
};

const readAll = async (between: () => Promise<void> = () => Promise.resolve()) => {
  const pages: string[][] = [];
  for await (const page of paginateDescribeVolumes({ client: account.ec2, pageSize: 500 }, {})) {
    pages.push((page.Volumes ?? []).map((volume) => volume.VolumeId ?? ''));
    await between();
  }
  return pages;
};

describe('pages', () => {
  it('come in any size and order, and hold each volume once', async () => {
    const ids = await createVolumes(20);
    const pages = await readAll();
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(6);
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flat()).not.toEqual((await readAll()).flat());
  });

  it('lose nothing that was there all the time when others come', async () => {
    const ids = await createVolumes(10);
    let more = 3;
    const pages = await readAll(async () => {
      if (more > 0) await createVolumes(1);
      more -= 1;
    });
    expect(pages.flat()).toEqual(expect.arrayContaining(ids));
    expect(new Set(pages.flat()).size).toBe(pages.flat().length);
  });

  it('are the same for the same seed and calls', async () => {
    await createVolumes(12);
    const other = await openAccount({ settings: { maxPageSize: 6 } });
    const first = await readAll();
    await account.close();
    account = other;
    await createVolumes(12);
    expect(await readAll()).toEqual(first);
  });

  it('refuse a token of another list and MaxResults out of range or with ids', async () => {
    const ids = await createVolumes(20);
    let token: string | undefined;
    while (token === undefined) token = (await account.ec2.send(new DescribeVolumesCommand({}))).NextToken;
    const use = (input: object) => account.ec2.send(new DescribeVolumesCommand(input));
    const elsewhere = use({ NextToken: token, Filters: [{ Name: 'size', Values: ['10'] }] });
    expect((await errorOf(elsewhere)).name).toBe('InvalidPaginationToken');
    expect((await errorOf(use({ NextToken: 'x' }))).name).toBe('InvalidPaginationToken');
    expect((await errorOf(use({ MaxResults: 4 }))).name).toBe('InvalidParameterValue');
    expect((await errorOf(use({ MaxResults: 5, VolumeIds: ids }))).name).toBe('InvalidParameterCombination');
    expect((await use({ VolumeIds: ids })).Volumes).toHaveLength(20);
  });
});

describe('filters', () => {
  const volumesBy = async (...Filters: { Name: string; Values: string[] }[]) => {
    account.simulator.command('set', { shuffle: false });
    const { Volumes } = await account.ec2.send(new DescribeVolumesCommand({ Filters }));
    return (Volumes ?? []).map((volume) => volume.Size);
  };

  it('need one value of each', async () => {
    await createVolumes(6);
    expect(await volumesBy({ Name: 'tag:number', Values: ['1', '2'] })).toEqual(expect.arrayContaining([11, 12]));
    const both = [
      { Name: 'tag:number', Values: ['1', '2'] },
      { Name: 'availability-zone', Values: ['eu-west-1b'] },
    ];
    expect(await volumesBy(...both)).toEqual([11]);
    expect(await volumesBy({ Name: 'tag-key', Values: ['num*'] }, { Name: 'size', Values: ['1?'] })).toHaveLength(6);
    expect(await volumesBy({ Name: 'tag:absent', Values: ['*'] })).toEqual([]);
    expect(await volumesBy({ Name: 'attachment.instance-id', Values: ['i-*'] })).toEqual([]);
  });

  it('are refused when unknown, also when there is nothing to filter', async () => {
    expect(await errorOf(volumesBy({ Name: 'colour', Values: ['red'] }))).toMatchObject({
      name: 'InvalidParameterValue',
      message: "The filter 'colour' is invalid",
    });
  });

  it('find instances by tag, state, token, type and zone', async () => {
    await account.ec2.send(
      new RunInstancesCommand(
        launch({
          ClientToken: 'token-1',
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'fleet', Value: 'a*b' }] }],
        }),
      ),
    );
    account.simulator.command('set', { shuffle: false });
    const count = async (Name: string, ...Values: string[]) => {
      const answer = await account.ec2.send(new DescribeInstancesCommand({ Filters: [{ Name, Values }] }));
      return answer.Reservations?.length;
    };
    expect(await count('tag:fleet', String.raw`a\*b`)).toBe(1);
    expect(await count('tag:fleet', String.raw`a\?b`)).toBe(0);
    expect(await count('instance-state-name', 'pending', 'stopped')).toBe(1);
    expect(await count('client-token', 'token-1')).toBe(1);
    expect(await count('instance-type', 'm6i.large')).toBe(1);
    expect(await count('availability-zone', 'eu-west-1b')).toBe(0);
  });

  it('match each text by itself, escaped, and by a star', () => {
    const escaped = (text: string) => text.replaceAll(/[\\*?]/g, String.raw`\$&`);
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        expect(matches(escaped(text), text)).toBe(true);
        expect(matches('*', text)).toBe(true);
        expect(matches(`${escaped(text)}*`, text + other)).toBe(true);
        expect(matches(escaped(text), other)).toBe(text === other);
      }),
    );
  });
});

it('reads a fleet of hundreds through the paginator', async () => {
  account.simulator.command('set', { maxPageSize: 1000 });
  for (let count = 0; count < 10; count += 1) {
    await account.ec2.send(new RunInstancesCommand(launch({ MinCount: 30, MaxCount: 30 })));
  }
  let found = 0;
  for await (const page of paginateDescribeInstances({ client: account.ec2, pageSize: 1000 }, {})) {
    found += (page.Reservations ?? []).reduce((sum, reservation) => sum + (reservation.Instances?.length ?? 0), 0);
  }
  expect(found).toBe(301);
});
