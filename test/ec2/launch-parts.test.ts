import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCompute } from '../../hooks/aws/compute.ts';
import { launchInput, launchInstance } from '../../hooks/aws/launch.ts';
import type { LaunchIntent } from '../../hooks/questdbnode/memory.ts';
import type { Compute } from '../../hooks/questdbnode/ports.ts';
import { CLUSTER_NAME, intent } from './objects.ts';
import { openWire, type Wire } from './wire.ts';

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const compute = (): Compute => {
  const { clients, now } = wire;
  return createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
};

const launched = async (changes: Partial<LaunchIntent>) => {
  const result = await launchInstance(wire.clients.once, intent(changes));
  if (result.outcome !== 'Launched') throw new Error(JSON.stringify(result));
  const instance = wire.simulator.model.account.instances[result.instanceId];
  if (instance === undefined) throw new Error(`no instance ${result.instanceId}`);
  return instance;
};

describe('a launch', () => {
  it('allows as many hops to the metadata service as the intent says', async () => {
    const { metadataOptions } = await launched({ httpPutResponseHopLimit: 2 });
    expect(metadataOptions).toEqual({ httpTokens: 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled' });
  });

  it('goes into the capacity reservation the intent names', async () => {
    const { capacityReservation } = await launched({
      capacityReservationId: 'cr-local',
      instanceType: 'r6i.large',
    });
    expect(capacityReservation).toMatchObject({ targetId: 'cr-local' });
    expect(launchInput(intent())).not.toHaveProperty('CapacityReservationSpecification');
  });

  it('that does not fit its reservation is a lack of capacity', async () => {
    const changes = { capacityReservationId: 'cr-local', instanceType: 'm6i.large' };
    expect(await launchInstance(wire.clients.once, intent(changes))).toMatchObject({
      outcome: 'NoCapacity',
      code: 'ReservationCapacityExceeded',
    });
  });

  it('into a reservation that there is not is refused', async () => {
    const changes = { capacityReservationId: 'cr-none', instanceType: 'r6i.large' };
    expect(await launchInstance(wire.clients.once, intent(changes))).toMatchObject({
      outcome: 'Refused',
      code: 'InvalidCapacityReservationId.NotFound',
    });
  });

  it.each([
    ['as the image names it', { rootDeviceName: '/dev/sda1' }, '/dev/sda1'],
    ["by the usual name, when nobody said the image's", {}, '/dev/xvda'],
  ])('sizes the root device %s', (_how, changes, device) => {
    const [mapping, ...others] = launchInput(intent(changes)).BlockDeviceMappings ?? [];
    expect(mapping).toMatchObject({ DeviceName: device, Ebs: { VolumeSize: 30, Encrypted: true } });
    expect(others).toEqual([]);
  });

  it("keeps a tag of the user's own on the root volume, whatever it ends with", () => {
    const tags = { 'example.com/database': 'x', 'questdb-fleet.dev/database': 'orders' };
    const { TagSpecifications: specifications = [] } = launchInput(intent({ tags }));
    const keys = specifications.map(({ Tags = [] }) => Tags.map(({ Key }) => Key));
    expect(keys).toEqual([Object.keys(tags), ['example.com/database'], ['example.com/database']]);
  });
});

describe('tags', () => {
  it('are added or changed, and no other is touched', async () => {
    const { id, tags: before } = await launched({});
    await compute().tag(id, { team: 'other', customer: 'acme' });
    const { tags } = wire.simulator.model.account.instances[id] ?? {};
    expect(tags).toEqual({ ...before, team: 'other', customer: 'acme' });
    expect(wire.told.filter((call) => call.startsWith('CreateTags'))).toEqual(['CreateTags ok']);
  });

  it.each([
    ['UnauthorizedOperation', 'Refusal'],
    ['TagLimitExceeded', 'Refusal'],
    ['ConcurrentTagAccess', 'RetryLater'],
    ['RequestLimitExceeded', 'RetryLater'],
  ])('that EC2 does not take (%s) are told of as %s', async (code, name) => {
    const { id } = await launched({});
    wire.simulator.command('fail', { action: 'CreateTags', code, times: 2 });
    await expect(compute().tag(id, { a: '1' })).rejects.toMatchObject({ name });
  });
});
