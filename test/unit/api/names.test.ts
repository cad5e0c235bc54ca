import { describe, expect, it } from 'vitest';
import * as names from '../../../hooks/api/names.ts';

const NEED = { instanceType: 'r6i.2xlarge', zone: 'eu-west-1a', className: 'default' };

describe("the names made from a database's name", () => {
  it.each([
    ['statefulSetName', 'trades'],
    ['podName', 'trades-0'],
    ['serviceName', 'trades'],
    ['headlessServiceName', 'trades-pods'],
    ['configMapName', 'trades-config'],
    ['credentialsName', 'trades-credentials'],
    ['volumeName', 'trades'],
    ['claimName', 'trades-data'],
  ] as const)('%s is %s', (name, expected) => {
    expect(names[name]('trades')).toBe(expected);
  });

  it('are the volume id with a prefix for a PersistentVolume', () => {
    expect(names.staticPersistentVolumeName('vol-1')).toBe('questdb-fleet-vol-1');
  });

  it('are different for each need of a node and each counter, and the same for the same', () => {
    const name = names.nodeName('trades', NEED, 0);
    expect(name).toMatch(/^trades-[0-9a-f]{8}$/);
    expect(names.nodeName('trades', { className: 'default', zone: 'eu-west-1a', instanceType: 'r6i.2xlarge' }, 0)).toBe(
      name,
    );
    const others = [
      names.nodeName('trades', { ...NEED, instanceType: 'm6i.large' }, 0),
      names.nodeName('trades', { ...NEED, zone: 'eu-west-1b' }, 0),
      names.nodeName('trades', { ...NEED, className: 'other' }, 0),
      names.nodeName('trades', NEED, 1),
      names.nodeName('quotes', NEED, 0),
    ];
    expect(new Set([name, ...others]).size).toBe(6);
  });
});

describe('a short hash', () => {
  it('is the beginning of a SHA-256', () => {
    expect(names.shortHash(['abc'])).toBe('ba7816bf');
  });

  it('keeps parts apart', () => {
    expect(names.shortHash(['a', 'b'])).not.toBe(names.shortHash(['ab']));
    expect(names.shortHash(['a', 'b'])).not.toBe(names.shortHash(['b', 'a']));
  });
});
