import { describe, expect, it } from 'vitest';
import { intentOf } from '../../../hooks/questdbnode/intent.ts';
import { userDataOf } from '../../../hooks/questdbnode/userdata.ts';
import { NOW, STAMP } from '../../fixtures/clock.ts';
import { AN_IMAGE, aNodeClass, aNodeParent, CLUSTER_NAME, PARENT_UID } from '../../fixtures/questdbnode.ts';

const INPUT = {
  nodeClass: aNodeClass(),
  image: AN_IMAGE,
  subnetId: 'subnet-a',
  attempt: 1,
  clusterName: CLUSTER_NAME,
  now: NOW,
};
const intent = (parent = aNodeParent(), changes: Partial<typeof INPUT> = {}) =>
  intentOf(parent, { ...INPUT, ...changes });

describe('the intent of a launch', () => {
  it('has all that RunInstances needs', () => {
    expect(intent()).toEqual({
      attempt: 1,
      token: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      imageId: 'ami-0123456789abcdef0',
      subnetId: 'subnet-a',
      instanceType: 'r6i.2xlarge',
      instanceProfile: 'questdb-node',
      securityGroupIds: ['sg-1', 'sg-2'],
      userData: userDataOf(aNodeParent(), aNodeClass()),
      tags: {
        Name: 'acme/trades-abcdef01',
        'questdb-fleet.dev/cluster': 'fleet-1',
        'questdb-fleet.dev/namespace': 'acme',
        'questdb-fleet.dev/database': 'trades',
        'questdb-fleet.dev/owner-uid': PARENT_UID,
        'questdb-fleet.dev/attempt': '1',
      },
      requestedAt: STAMP,
    });
  });

  it('has the root volume and the tags of the class, but no tag in the place of its own', () => {
    const tags = { team: 'data', 'questdb-fleet.dev/owner-uid': 'forged' };
    const made = intent(aNodeParent(), { nodeClass: aNodeClass({ rootVolume: { size: 40 }, tags }) });
    expect(made.rootVolumeGiB).toBe(40);
    expect(made.tags).toMatchObject({ team: 'data', 'questdb-fleet.dev/owner-uid': PARENT_UID });
  });

  it('has a token that is the same for the same attempt at any time, and another for any other', () => {
    const { token } = intent();
    expect(intent(aNodeParent({ status: { nodeName: 'x' } }), { now: new Date(0), subnetId: 'subnet-b' }).token).toBe(
      token,
    );
    const others = [
      intent(aNodeParent(), { attempt: 2 }),
      intent(aNodeParent(), { clusterName: 'fleet-2' }),
      intent(aNodeParent({ metadata: { uid: 'another' } })),
      intent(aNodeParent({ spec: { zone: 'eu-west-1b' } })),
    ].map((other) => other.token);
    expect(new Set([token, ...others]).size).toBe(5);
  });
});
