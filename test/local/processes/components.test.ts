import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMING } from '../../../local/machines/timing.ts';
import { allComponents } from '../../../local/processes/components.ts';
import { readSettings } from '../../../local/settings.ts';

const components = allComponents(readSettings('/nowhere'), {});

const flagOf = (part: string, flag: string): string | undefined =>
  components
    .find(({ name }) => name === part)
    ?.args.find((arg) => arg.startsWith(`--${flag}=`))
    ?.split('=')[1];

const secondsOf = (part: string, flag: string): number => Number.parseInt(flagOf(part, flag) ?? '', 10);

describe('the grace of the node controller', () => {
  const grace = secondsOf('kube-controller-manager', 'node-monitor-grace-period');

  it('is short, and looked at often', () => {
    expect(grace).toBeLessThanOrEqual(6);
    expect(flagOf('kube-controller-manager', 'node-monitor-period')).toBe('1s');
  });

  it.each([
    ['our kubelets', DEFAULT_TIMING.lease / 1000],
    ['KWOK', secondsOf('kwok', 'node-lease-duration-seconds') / 4],
  ])('bears two renewals of %s that come late', (_who, interval) => {
    expect(interval * 3).toBeLessThanOrEqual(grace);
  });
});
