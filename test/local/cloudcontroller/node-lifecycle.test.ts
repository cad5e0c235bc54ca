import { describe, expect, it } from 'vitest';
import { actionFor, instanceIdOf } from '../../../local/cloudcontroller/node-lifecycle.ts';
import { nodeOf } from '../machines/objects.ts';

const UNINITIALIZED = { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' };
const SHUTDOWN = { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' };
const OWN = { key: 'questdb-fleet.dev/dedicated', value: 'u', effect: 'NoSchedule' };

const nodeWith = (ready: string, taints: object[]) =>
  nodeOf({
    spec: { providerID: 'aws:///eu-west-1a/i-0abc', taints },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });

describe('the cloud controller', () => {
  it.each([
    ['a new Node', 'running', 'True', [UNINITIALIZED, OWN], [OWN]],
    ['a new Node that is not Ready', 'running', 'False', [UNINITIALIZED, OWN], [OWN]],
    ['a Node in order', 'running', 'True', [OWN], 'none'],
    ['a Node whose instance stopped a moment ago', 'stopping', 'True', [OWN], 'none'],
    ['a Node whose instance hangs in stopping', 'stopping', 'Unknown', [OWN], 'none'],
    ['a Node whose instance is stopped', 'stopped', 'Unknown', [OWN], [OWN, SHUTDOWN]],
    ['a Node that is tainted already', 'stopped', 'Unknown', [OWN, SHUTDOWN], 'none'],
    ['a Node whose instance starts', 'running', 'Unknown', [OWN, SHUTDOWN], 'none'],
    ['a Node that is back', 'running', 'True', [OWN, SHUTDOWN], [OWN]],
    ['a Node whose instance ends', 'shutting-down', 'Unknown', [OWN], 'none'],
    ['a Node of a terminated instance that was Ready a moment ago', 'terminated', 'True', [OWN], 'none'],
    ['a Node of a terminated instance', 'terminated', 'Unknown', [OWN], 'delete'],
    ['a Node of no instance', undefined, 'False', [OWN], 'delete'],
  ])('%s', (_what, state, ready, before, after) => {
    const action = actionFor(nodeWith(ready, before), state);
    expect(action).toEqual(typeof after === 'string' ? { kind: after } : { kind: 'setTaints', taints: after });
  });

  it('knows the instance by the provider id', () => {
    expect(instanceIdOf(nodeWith('True', []))).toBe('i-0abc');
    expect(instanceIdOf(nodeOf({ spec: { providerID: 'kind://x' } }))).toBeUndefined();
    expect(instanceIdOf(nodeOf({}))).toBeUndefined();
  });
});
