import { describe, expect, it } from 'vitest';
import { paceOf } from '../../../local/processes/pace.ts';

describe('the pace of a local cluster', () => {
  it('is quick unless it is said otherwise', () => {
    expect(paceOf({})).toBe(paceOf({ LOCAL_PACE: 'quick' }));
    expect(paceOf({})).toMatchObject({ nodeGraceSeconds: 6, hooks: { EC2_SNAPSHOT_MAX_AGE_SECONDS: '2' } });
  });

  it('can be that of Kubernetes, with the hooks as they are by default', () => {
    expect(paceOf({ LOCAL_PACE: 'kubernetes' })).toMatchObject({
      nodeGraceSeconds: 50,
      kwokLeaseSeconds: 40,
      hooks: {},
    });
  });

  it.each(['quick', 'kubernetes'])('lets a lease of %s be renewed twice late', (name) => {
    const { kwokLeaseSeconds, nodeGraceSeconds } = paceOf({ LOCAL_PACE: name });
    expect((kwokLeaseSeconds / 4) * 3).toBeLessThanOrEqual(nodeGraceSeconds);
  });

  it('is refused by a name that it does not have', () => {
    expect(() => paceOf({ LOCAL_PACE: 'fast' })).toThrow('LOCAL_PACE is fast; it can be quick or kubernetes');
    expect(() => paceOf({ LOCAL_PACE: 'toString' })).toThrow('LOCAL_PACE is toString');
  });
});
