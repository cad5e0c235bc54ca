import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { launch, openAccount } from './account.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulated-ec2-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('keeps the account, its journal, tokens, faults and settings over a restart', async () => {
  const before = await openAccount({ folder });
  before.simulator.command('set', { pendingSeconds: 60, shuffle: false });
  const first = await before.ec2.send(new RunInstancesCommand(launch({ ClientToken: 'token' })));
  before.simulator.command('fail', { action: 'StopInstances', code: 'InternalError' });
  await before.close();

  const after = await openAccount({ folder });
  const again = await after.ec2.send(new RunInstancesCommand(launch({ ClientToken: 'token' })));
  const id = first.Instances?.[0]?.InstanceId;
  expect(again.Instances?.[0]?.InstanceId).toBe(id);
  expect(after.simulator.model.settings.pendingSeconds).toBe(60);
  expect(after.simulator.model.account.faults).toHaveLength(1);
  expect(after.simulator.model.journal.entries.map((entry) => entry.sequence)).toEqual([1, 2]);
  const other = await after.ec2.send(new RunInstancesCommand(launch({ ClientToken: 'other' })));
  expect(other.Instances?.[0]?.InstanceId).not.toBe(id);
  after.simulator.advance(61);
  const { Reservations } = await after.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id ?? ''] }));
  expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');
  await after.close();
  const lines = (await readFile(join(folder, 'journal.jsonl'), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(after.simulator.model.journal.entries.length);
});

it('saves shortly after a change, before anybody stops it', async () => {
  const account = await openAccount({ folder });
  const { Instances } = await account.ec2.send(new RunInstancesCommand(launch()));
  const id = Instances?.[0]?.InstanceId ?? 'none';
  await vi.waitFor(async () => expect(await readFile(join(folder, 'state.json'), 'utf8')).toContain(id), 2000);
  await account.close();
});

it('reads an account that was saved before there was all there is now', async () => {
  const before = await openAccount({ folder });
  await before.ec2.send(new RunInstancesCommand(launch()));
  await before.close();
  const file = join(folder, 'state.json');
  const { account, ...rest } = JSON.parse(await readFile(file, 'utf8')) as { account: Record<string, unknown> };
  delete account.addressLimits;
  await writeFile(file, JSON.stringify({ ...rest, account }));
  const after = await openAccount({ folder });
  await after.ec2.send(new RunInstancesCommand(launch()));
  expect(Object.keys(after.simulator.model.account.instances)).toHaveLength(3);
  await after.close();
});
