import {
  CreateVolumeCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  ModifyVolumeCommand,
  type ModifyVolumeCommandInput,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, openAccount, type TestAccount } from './account.ts';

let account: TestAccount;
let id: string;
beforeEach(async () => {
  account = await openAccount({ settings: { shuffle: false, modifyingSeconds: 10, optimizingSeconds: 100 } });
  const volume = await account.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: 'eu-west-1a', Size: 20, VolumeType: 'gp3' }),
  );
  id = volume.VolumeId ?? '';
  account.simulator.advance(1);
});
afterEach(() => account.close());

const modify = (changes: Partial<ModifyVolumeCommandInput>) =>
  account.ec2.send(new ModifyVolumeCommand({ VolumeId: id, ...changes }));

const latest = async () => {
  const answer = await account.ec2.send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }));
  return answer.VolumesModifications?.[0];
};

const size = async () => {
  const { Volumes } = await account.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
  return Volumes?.[0]?.Size;
};

describe('ModifyVolume', () => {
  it('goes modifying, optimizing with the new size in use, completed', async () => {
    expect((await modify({ Size: 30, Iops: 4000, Throughput: 250 })).VolumeModification).toMatchObject({
      VolumeId: id,
      ModificationState: 'modifying',
      OriginalSize: 20,
      TargetSize: 30,
      OriginalIops: 3000,
      TargetIops: 4000,
      OriginalThroughput: 125,
      TargetThroughput: 250,
      TargetVolumeType: 'gp3',
      Progress: 0,
      StartTime: expect.any(Date),
    });
    expect(await size()).toBe(20);
    account.simulator.advance(10);
    expect(await latest()).toMatchObject({ ModificationState: 'optimizing' });
    expect(await size()).toBe(30);
    account.simulator.advance(100);
    expect(await latest()).toMatchObject({ ModificationState: 'completed', Progress: 100, EndTime: expect.any(Date) });
  });

  it('takes one at a time', async () => {
    await modify({ Size: 30 });
    expect((await errorOf(modify({ Size: 40 }))).name).toBe('IncorrectModificationState');
    account.simulator.advance(11);
    expect((await errorOf(modify({ Size: 40 }))).name).toBe('IncorrectModificationState');
    account.simulator.advance(100);
    await modify({ Size: 40 });
  });

  it('takes four in 24 hours, also when nothing changes', async () => {
    for (const next of [30, 40, 40, 50]) {
      await modify({ Size: next });
      account.simulator.advance(200);
    }
    expect((await errorOf(modify({ Size: 60 }))).name).toBe('VolumeModificationRateExceeded');
    account.simulator.advance(86_400 - 700);
    await modify({ Size: 60 });
    expect(account.simulator.violations()).toEqual([expect.stringContaining(`${id} modified without a change`)]);
  });

  it.each<[Partial<ModifyVolumeCommandInput>, string]>([
    [{ Size: 10 }, 'InvalidParameterValue'],
    [{ Size: 70_000 }, 'InvalidParameterValue'],
    [{ Iops: 100 }, 'InvalidParameterValue'],
    [{ Throughput: 1000 }, 'InvalidParameterValue'],
    [{}, 'InvalidParameterCombination'],
    [{ VolumeId: 'vol-0123456789abcdef0', Size: 30 }, 'InvalidVolume.NotFound'],
    [{ VolumeId: 'nonsense', Size: 30 }, 'InvalidParameterValue'],
  ])('refuses %j with %s', async (changes, code) => {
    expect((await errorOf(modify(changes))).name).toBe(code);
    expect((await errorOf(latest())).name).toBe('InvalidVolumeModification.NotFound');
  });

  it('fails when told so: the volume is as it was, it may be tried again, and it counted', async () => {
    account.simulator.command('fail-modification', { id, message: 'No luck.' });
    await modify({ Size: 30 });
    account.simulator.advance(10);
    expect(await latest()).toMatchObject({
      ModificationState: 'failed',
      StatusMessage: 'No luck.',
      EndTime: expect.any(Date),
    });
    expect(await size()).toBe(20);
    account.simulator.advance(1000);
    expect(await latest()).toMatchObject({ ModificationState: 'failed' });
    for (const next of [30, 40, 50]) {
      await modify({ Size: next });
      account.simulator.advance(200);
    }
    expect(await size()).toBe(50);
    expect((await errorOf(modify({ Size: 60 }))).name).toBe('VolumeModificationRateExceeded');
    expect(account.simulator.violations()).toEqual([]);
  });

  it('may be known to the call alone for a while', async () => {
    account.simulator.command('set', { modificationVisibilityDelaySeconds: 5 });
    await modify({ Size: 30 });
    expect((await errorOf(latest())).name).toBe('InvalidVolumeModification.NotFound');
    expect((await errorOf(modify({ Size: 40 }))).name).toBe('IncorrectModificationState');
    account.simulator.advance(5);
    expect(await latest()).toMatchObject({ ModificationState: 'modifying' });
  });

  it('is found by filter', async () => {
    await modify({ Size: 30 });
    const by = (Name: string, value: string) =>
      account.ec2.send(new DescribeVolumesModificationsCommand({ Filters: [{ Name, Values: [value] }] }));
    expect((await by('modification-state', 'modifying')).VolumesModifications).toHaveLength(1);
    expect((await by('modification-state', 'completed')).VolumesModifications).toEqual([]);
    expect((await errorOf(by('target-colour', 'red'))).name).toBe('InvalidParameterValue');
  });
});
