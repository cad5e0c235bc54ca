import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stateText } from '../../../local/commands/account.ts';
import { aws, parseBody, typedUsage } from '../../../local/commands/aws.ts';
import { readSettings } from '../../../local/settings.ts';
import { launch, openAccount, type TestAccount } from '../ec2/account.ts';

describe('the aws command', () => {
  it.each([
    ['terminate-instance', ['i-01'], { id: 'i-01' }],
    ['heal', [], {}],
    ['fail', ['RunInstances', 'code=InternalError', 'times=2', 'when=after'], { action: 'RunInstances', code: 'InternalError', times: 2, when: 'after' }], // prettier-ignore
    ['capacity', ['r6i.large', 'zone=eu-west-1a', 'available=0'], { instanceType: 'r6i.large', zone: 'eu-west-1a', available: 0 }], // prettier-ignore
    ['set', ['speed=1.5', 'bootAs=kwok'], { speed: 1.5, bootAs: 'kwok' }],
    ['addresses', ['subnet-local-a', 'free=0'], { subnetId: 'subnet-local-a', free: 0 }],
    ['stick', ['i-01'], { id: 'i-01' }],
    ['isolate', ['i-01', 'isolated=false'], { id: 'i-01', isolated: false }],
    ['impair', ['i-01', 'check=system'], { id: 'i-01', check: 'system' }],
    ['impair', ['i-01', 'impaired=false'], { id: 'i-01', impaired: false }],
  ])('makes a body of %s %j', (command, words, body) => {
    expect(parseBody(command, words)).toEqual(body);
  });

  it('shows the account as tables', () => {
    const text = stateText({
      instances: [
        { instanceId: 'i-worker', builtIn: true },
        {
          instanceId: 'i-01',
          instanceType: 'r6i.large',
          zone: 'eu-west-1a',
          state: 'running',
          privateDnsName: 'ip-10',
        },
      ],
      volumes: [{ volumeId: 'vol-1', size: 20, attachments: [{ instanceId: 'i-01', state: 'attached' }] }],
      snapshots: [],
    });
    expect(text).toContain('i-01         r6i.large');
    expect(text).not.toContain('i-worker');
    expect(text).toContain('attached to i-01');
    expect(text).toContain('snapshots: none');
    expect(text).toContain('shortages: none');
  });

  it('shows what is wrong with an instance, and what is short', () => {
    const text = stateText({
      instances: [
        { instanceId: 'i-01', state: 'stopping', stuck: true, isolated: true },
        { instanceId: 'i-02', state: 'running', impairment: { since: 0, check: 'both' }, privateDnsName: 'ip-10' },
      ],
      volumes: [],
      snapshots: [],
      capacityReservations: [{ capacityReservationId: 'cr-local', total: 2, available: 1 }],
      capacity: { 'r6i.large/eu-west-1a': 0 },
      addresses: { 'subnet-local-a': 3 },
    });
    expect(text).toMatch(/i-01 .*stopping +stuck, isolated/);
    expect(text).toMatch(/i-02 .*running +impaired +ip-10/);
    expect(text).toMatch(/cr-local .*2 +1/);
    expect(text).toMatch(/r6i.large\/eu-west-1a +0/);
    expect(text).toMatch(/addresses of subnet-local-a +3/);
  });

  it.each([
    ['stick', '{id, stuck?}: keeps it', '  stick <id> [stuck=<stuck>]\n      keeps it'],
    ['fail', '{action, code?}: fails: it does', '  fail <action> [code=<code>]\n      fails: it does'],
    ['capacity', '{instanceType, zone}: how many', '  capacity <instanceType> zone=<zone>\n      how many'],
    ['set', '{<setting>: <value>, ...}: changes', '  set <setting>=<value> ...\n      changes'],
    ['heal', '{}: takes back', '  heal\n      takes back'],
  ])('says how %s is typed', (command, usage, typed) => {
    expect(typedUsage(command, usage)).toBe(typed);
  });
});

describe('the aws command, typed', () => {
  let account: TestAccount;
  let printed: string;
  beforeEach(async () => {
    account = await openAccount({ settings: { shuffle: false } });
    vi.spyOn(console, 'log').mockImplementation((text: string) => (printed = text));
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await account.close();
  });

  const type = (...words: string[]): Promise<number> => {
    const settings = readSettings('/nowhere');
    const ports = { ...settings.ports, ec2: Number(new URL(account.simulator.url).port) };
    const invocation = { settings: { ...settings, ports }, arguments: words, flags: { delete: false, follow: false } };
    return aws.run(invocation);
  };
  const running = async (): Promise<string> => {
    const { Instances } = await account.ec2.send(new RunInstancesCommand(launch()));
    account.simulator.advance(5);
    return Instances?.[0]?.InstanceId ?? '';
  };

  it('lists every command', async () => {
    expect(await type('help')).toBe(0);
    for (const name of [
      'state',
      'terminate-instance',
      'power-off',
      'impair',
      'isolate',
      'stick',
      'addresses',
      'heal',
    ]) {
      expect(printed).toMatch(new RegExp(`^  ${name}( |$)`, 'm'));
    }
    await expect(type()).rejects.toThrow('Usage: aws COMMAND');
    await expect(type('explode')).rejects.toThrow(/^no command explode\.\n\nCommands:/);
  });

  it.each([
    [['impair', 'ID', 'check=system'], /running +impaired/],
    [['isolate', 'ID'], /running +isolated/],
    [['stick', 'ID'], /running +stuck/],
    [['stop-instance', 'ID'], /stopping/],
    [['power-off', 'ID'], /stopping/],
    [['terminate-instance', 'ID'], /shutting-down/],
    [['addresses', 'subnet-local-a', 'free=0'], /addresses of subnet-local-a +0/],
    [['capacity', 'r6i.large', 'zone=eu-west-1a', 'available=0'], /r6i.large\/eu-west-1a +0/],
    [['fail', 'RunInstances', 'times=2', 'when=after'], /RunInstances +ConnectionReset +after +2/],
  ])('does %j', async (words, seen) => {
    const id = await running();
    expect(await type(...words.map((word) => (word === 'ID' ? id : word)))).toBe(0);
    await type('state');
    expect(printed).toMatch(seen);
    await type('heal');
    await type('state');
    expect(printed).toMatch(/faults: none/);
    expect(printed).toMatch(/shortages: none/);
  });

  it('says what there is instead of what was asked for', async () => {
    await expect(type('addresses', 'subnet-x', 'free=0')).rejects.toThrow(
      'no subnet subnet-x; there are subnet-local-a',
    );
    await expect(type('isolate', 'i-0')).rejects.toThrow('there is no instance i-0');
  });
});
