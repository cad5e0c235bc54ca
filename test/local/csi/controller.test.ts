import { CreateSnapshotCommand, DescribeVolumesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { status } from '@grpc/grpc-js';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZONE_KEY } from '../../../local/csi/names.ts';
import { WORKER_INSTANCE_ID } from '../../../local/ec2/builtin.ts';
import {
  attempts,
  createRequest,
  createVolumeIn,
  GIB,
  mutations,
  openDriver,
  publishRequest,
  type TestDriver,
} from './driver.ts';

let driver: TestDriver;
beforeAll(async () => {
  driver = await openDriver();
});
afterAll(() => driver.close());

type Volume = { volume: { volume_id: string; capacity_bytes: number; accessible_topology: unknown } };

const describeVolume = async (id: string) =>
  (await driver.ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }))).Volumes?.[0];

describe('identity', () => {
  it('is the EBS driver with zones and online growth', async () => {
    expect(await driver.call('GetPluginInfo', {})).toMatchObject({ name: 'ebs.csi.aws.com' });
    const { capabilities } = await driver.call<{ capabilities: object[] }>('GetPluginCapabilities', {});
    expect(JSON.stringify(capabilities)).toMatch(/CONTROLLER_SERVICE.*VOLUME_ACCESSIBILITY_CONSTRAINTS.*ONLINE/);
    expect(await driver.call('Probe', {})).toMatchObject({ ready: { value: true } });
  });
});

describe('CreateVolume', () => {
  it('makes a tagged volume in the preferred zone', async () => {
    const { volume } = await driver.call<Volume>('CreateVolume', createRequest('pvc-tags'));
    expect(volume).toMatchObject({
      capacity_bytes: 20 * GIB,
      accessible_topology: [{ segments: { [ZONE_KEY]: 'eu-west-1b' } }],
    });
    const seen = await describeVolume(volume.volume_id);
    expect(seen).toMatchObject({ AvailabilityZone: 'eu-west-1b', Size: 20, VolumeType: 'gp3', State: 'available' });
    expect(Object.fromEntries((seen?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      CSIVolumeName: 'pvc-tags',
      'ebs.csi.aws.com/cluster': 'true',
      'kubernetes.io/created-for/pvc/name': 'data',
      'kubernetes.io/created-for/pvc/namespace': 'acme',
    });
  });

  it('answers the same volume for the same name, also when both calls come at once', async () => {
    const calls = [1, 2, 3].map(() => driver.call<Volume>('CreateVolume', createRequest('pvc-again')));
    const ids = (await Promise.all(calls)).map(({ volume }) => volume.volume_id);
    expect(new Set(ids).size).toBe(1);
    const named = Object.values(driver.simulator.model.account.volumes).filter(
      ({ tags }) => tags.CSIVolumeName === 'pvc-again',
    );
    expect(named).toHaveLength(1);
  });

  it('makes one volume although the answer of EC2 was lost', async () => {
    driver.simulator.command('fail', { action: 'CreateVolume', when: 'after' });
    const { volume } = await driver.call<Volume>('CreateVolume', createRequest('pvc-lost'));
    const named = Object.values(driver.simulator.model.account.volumes).filter(
      ({ tags }) => tags.CSIVolumeName === 'pvc-lost',
    );
    expect(named.map(({ id }) => id)).toEqual([volume.volume_id]);
  });

  it.each([
    ['another size under the same name', { capacity_range: { required_bytes: 30 * GIB } }, status.ALREADY_EXISTS],
    ['no name', { name: '' }, status.INVALID_ARGUMENT],
    ['no capability', { volume_capabilities: [] }, status.INVALID_ARGUMENT],
    ['no zone', { accessibility_requirements: {} }, status.INVALID_ARGUMENT],
    ['an unknown parameter', { parameters: { colour: 'red' } }, status.INVALID_ARGUMENT],
    ['iops that are no number', { parameters: { iops: 'many' } }, status.INVALID_ARGUMENT],
    ['a clone', { volume_content_source: { volume: { volume_id: 'vol-1' } } }, status.INVALID_ARGUMENT],
    ['a limit below a GiB', { capacity_range: { required_bytes: 10, limit_bytes: 20 } }, status.OUT_OF_RANGE],
  ])('refuses %s', async (_what, changes, code) => {
    await driver.call('CreateVolume', createRequest('pvc-refused'));
    await expect(driver.call('CreateVolume', createRequest('pvc-refused', changes))).rejects.toMatchObject({ code });
  });
});

describe('attachments', () => {
  it('attaches, answers the same again, and detaches for good', async () => {
    const id = await createVolumeIn(driver, 'pvc-attach');
    const attached = await driver.call('ControllerPublishVolume', publishRequest(id, WORKER_INSTANCE_ID));
    expect(attached).toMatchObject({ publish_context: { devicePath: expect.stringMatching(/^\/dev\/xvd/) } });
    expect((await describeVolume(id))?.Attachments?.[0]).toMatchObject({ State: 'attached' });
    const asked = attempts(driver, 'AttachVolume');
    expect(await driver.call('ControllerPublishVolume', publishRequest(id, WORKER_INSTANCE_ID))).toEqual(attached);
    expect(attempts(driver, 'AttachVolume')).toBe(asked);
    await driver.call('ControllerUnpublishVolume', { volume_id: id, node_id: WORKER_INSTANCE_ID });
    expect((await describeVolume(id))?.State).toBe('available');
    await driver.call('ControllerUnpublishVolume', { volume_id: id, node_id: WORKER_INSTANCE_ID });
  });

  it('gives each volume a device of its own', async () => {
    const ids = await Promise.all(['pvc-d1', 'pvc-d2'].map((name) => createVolumeIn(driver, name)));
    type Published = { publish_context: { devicePath: string } };
    const devices: string[] = [];
    for (const id of ids) {
      const answer = await driver.call<Published>('ControllerPublishVolume', publishRequest(id, WORKER_INSTANCE_ID));
      devices.push(answer.publish_context.devicePath);
    }
    expect(new Set(devices).size).toBe(2);
  });

  it('never attaches to a second instance', async () => {
    const id = await createVolumeIn(driver, 'pvc-second');
    await driver.call('ControllerPublishVolume', publishRequest(id, WORKER_INSTANCE_ID));
    const launched = await driver.ec2.send(
      new RunInstancesCommand({
        ImageId: 'ami-local-x86',
        InstanceType: 'm6i.large',
        SubnetId: 'subnet-local-a',
        SecurityGroupIds: ['sg-local'],
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    const other = launched.Instances?.[0]?.InstanceId ?? '';
    await expect.poll(() => driver.simulator.model.account.instances[other]?.state, { timeout: 5000 }).toBeDefined();
    driver.simulator.advance(30);
    await expect(driver.call('ControllerPublishVolume', publishRequest(id, other))).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
    // It ends an attachment to an instance that never had the volume by doing nothing.
    await driver.call('ControllerUnpublishVolume', { volume_id: id, node_id: other });
    expect((await describeVolume(id))?.Attachments?.[0]?.InstanceId).toBe(WORKER_INSTANCE_ID);
  });

  it('knows what is not there', async () => {
    const id = await createVolumeIn(driver, 'pvc-nowhere');
    const gone = 'vol-00000000000000000';
    const noInstance = publishRequest(id, 'i-00000000000000bad');
    await expect(driver.call('ControllerPublishVolume', noInstance)).rejects.toMatchObject({ code: status.NOT_FOUND });
    await expect(
      driver.call('ControllerPublishVolume', publishRequest(gone, WORKER_INSTANCE_ID)),
    ).rejects.toMatchObject({ code: status.NOT_FOUND });
    await driver.call('ControllerUnpublishVolume', { volume_id: gone, node_id: WORKER_INSTANCE_ID });
    await driver.call('DeleteVolume', { volume_id: gone });
  });

  it('does not delete a volume that is attached', async () => {
    const id = await createVolumeIn(driver, 'pvc-in-use');
    await driver.call('ControllerPublishVolume', publishRequest(id, WORKER_INSTANCE_ID));
    await expect(driver.call('DeleteVolume', { volume_id: id })).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
  });
});

describe('ControllerExpandVolume', () => {
  it('grows once, and does not ask EC2 again for a size that is there', async () => {
    const id = await createVolumeIn(driver, 'pvc-grow');
    const before = mutations(driver, 'ModifyVolume');
    const request = { volume_id: id, capacity_range: { required_bytes: 35 * GIB } };
    const grown = { capacity_bytes: 35 * GIB, node_expansion_required: true };
    expect(await driver.call('ControllerExpandVolume', request)).toEqual(grown);
    expect(await driver.call('ControllerExpandVolume', request)).toEqual(grown);
    expect(mutations(driver, 'ModifyVolume') - before).toBe(1);
    expect((await describeVolume(id))?.Size).toBe(35);
  });
});

describe('snapshots', () => {
  it('keeps what the volume held, without what was mounted into it', async () => {
    const id = await createVolumeIn(driver, 'pvc-snap');
    const folder = join(driver.folder, 'volumes', id);
    await mkdir(join(folder, 'db'), { recursive: true });
    await writeFile(join(folder, 'db', 'rows'), 'one');
    await symlink('/etc', join(folder, 'conf'));
    type Taken = { snapshot: { snapshot_id: string; ready_to_use: boolean } };
    const request = { name: 'snap-1', source_volume_id: id };
    const { snapshot } = await driver.call<Taken>('CreateSnapshot', request);
    await writeFile(join(folder, 'db', 'rows'), 'two');
    await expect
      .poll(async () => (await driver.call<Taken>('CreateSnapshot', request)).snapshot, { timeout: 10_000 })
      .toMatchObject({ snapshot_id: snapshot.snapshot_id, ready_to_use: true });
    const source = { volume_content_source: { snapshot: { snapshot_id: snapshot.snapshot_id } } };
    const { volume } = await driver.call<Volume>('CreateVolume', createRequest('pvc-restored', source));
    const restored = join(driver.folder, 'volumes', volume.volume_id);
    expect(await readFile(join(restored, 'db', 'rows'), 'utf8')).toBe('one');
    await expect(readFile(join(restored, 'conf', 'passwd'))).rejects.toMatchObject({ code: 'ENOENT' });
    await driver.call('DeleteSnapshot', { snapshot_id: snapshot.snapshot_id });
    await driver.call('DeleteSnapshot', { snapshot_id: snapshot.snapshot_id });
  });

  it('hands out no empty volume for a snapshot whose data it does not have', async () => {
    const id = await createVolumeIn(driver, 'pvc-foreign');
    const taken = await driver.ec2.send(new CreateSnapshotCommand({ VolumeId: id }));
    driver.simulator.advance(60);
    const source = { volume_content_source: { snapshot: { snapshot_id: taken.SnapshotId } } };
    await expect(driver.call('CreateVolume', createRequest('pvc-of-foreign', source))).rejects.toThrow(
      /nothing is kept/,
    );
  });
});
