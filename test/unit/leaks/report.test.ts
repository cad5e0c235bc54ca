import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { Unsure } from '../../../hooks/metacontroller/errors.ts';
import type { Leak, LeakReason } from '../../../hooks/leaks/leaks.ts';
import type { LeakReport } from '../../../hooks/leaks/ports.ts';
import { createLeakReport } from '../../../hooks/leaks/report.ts';
import { anInstance } from '../../fixtures/instance.ts';
import { keptLog } from '../../fixtures/kept-log.ts';

let logged: ReturnType<typeof keptLog>;
let registry: Registry;
let report: LeakReport;
beforeEach(() => {
  logged = keptLog();
  registry = new Registry();
  report = createLeakReport(logged.log, registry);
});

const leak = (instanceId: string, reason: LeakReason = 'OwnerGone', dataVolumeIds: string[] = []): Leak => ({
  instance: anInstance({ instanceId, dataVolumeIds }),
  reason,
});

const samples = async (): Promise<string[]> =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith('questdb_fleet_'));

describe('the log', () => {
  it('has a leak once, with all that is needed to find it, and again when it changes', () => {
    report.found([leak('i-1', 'VolumeAttached', ['vol-1'])]);
    expect(logged.lines()).toEqual([
      expect.objectContaining({
        level: 'warn',
        instanceId: 'i-1',
        reason: 'VolumeAttached',
        ownerUid: 'uid-1',
        instanceName: 'tenants/orders',
        dataVolumeIds: ['vol-1'],
      }),
    ]);
    report.found([leak('i-1', 'VolumeAttached', ['vol-1'])]);
    expect(logged.lines()).toHaveLength(1);
    report.found([leak('i-1')]);
    expect(logged.lines()).toHaveLength(2);
  });

  it('has each leak by itself, and that one is gone', () => {
    report.found([leak('i-1'), leak('i-2', 'NoOwner')]);
    report.found([leak('i-2', 'NoOwner'), leak('i-3')]);
    expect(logged.lines().map(({ level, instanceId }) => [level, instanceId])).toEqual([
      ['warn', 'i-1'],
      ['warn', 'i-2'],
      ['warn', 'i-3'],
      ['info', 'i-1'],
    ]);
  });

  it('has a failure once, another one too, and that it is over', () => {
    report.failed(new Unsure('EC2 does not answer.'));
    report.failed(new Unsure('EC2 does not answer.'));
    report.failed(new Unsure('The API server does not answer.'));
    report.succeeded();
    report.succeeded();
    report.failed(new Unsure('EC2 does not answer.'));
    expect(logged.lines().map(({ level, err }) => [level, (err as Error | undefined)?.message])).toEqual([
      ['error', 'EC2 does not answer.'],
      ['error', 'The API server does not answer.'],
      ['info', undefined],
      ['error', 'EC2 does not answer.'],
    ]);
  });

  it('has a termination before it is asked for', () => {
    report.terminating(leak('i-1'));
    expect(logged.lines()).toMatchObject([{ level: 'warn', instanceId: 'i-1', ownerUid: 'uid-1' }]);
  });
});

describe('the metrics', () => {
  it('say nothing of leaks before the first check', async () => {
    expect(await samples()).toEqual(['questdb_fleet_leaks_collected_total 0']);
  });

  it('have every reason, also those that no leak has any more', async () => {
    report.found([leak('i-1'), leak('i-2'), leak('i-3', 'VolumeAttached', ['vol-1'])]);
    report.found([leak('i-2'), leak('i-4', 'NoOwner')]);
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'questdb_fleet_leaked_instances{reason="OwnerGone"} 1',
        'questdb_fleet_leaked_instances{reason="VolumeAttached"} 0',
        'questdb_fleet_leaked_instances{reason="NoOwner"} 1',
      ]),
    );
  });

  it('count what was terminated, and how the checks ended', async () => {
    report.terminating(leak('i-1'));
    report.terminated(leak('i-1'));
    report.terminating(leak('i-2'));
    report.succeeded();
    report.failed(new Error('no'));
    report.failed(new Error('no'));
    expect(await samples()).toEqual(
      expect.arrayContaining([
        'questdb_fleet_leaks_collected_total 1',
        'questdb_fleet_leak_checks_total{outcome="ok"} 1',
        'questdb_fleet_leak_checks_total{outcome="failed"} 2',
      ]),
    );
  });
});
