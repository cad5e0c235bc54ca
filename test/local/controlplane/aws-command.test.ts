import { describe, expect, it } from 'vitest';
import { parseBody, stateText } from '../../../local/commands/aws.ts';

describe('the aws command', () => {
  it.each([
    ['terminate-instance', ['i-01'], { id: 'i-01' }],
    ['heal', [], {}],
    ['fail', ['RunInstances', 'code=InternalError', 'times=2', 'when=after'], { action: 'RunInstances', code: 'InternalError', times: 2, when: 'after' }], // prettier-ignore
    ['capacity', ['r6i.large', 'zone=eu-west-1a', 'available=0'], { instanceType: 'r6i.large', zone: 'eu-west-1a', available: 0 }], // prettier-ignore
    ['set', ['speed=1.5', 'bootAs=kwok'], { speed: 1.5, bootAs: 'kwok' }],
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
  });
});
