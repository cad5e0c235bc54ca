import { EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readImage } from '../../hooks/aws/images.ts';
import { createCompute } from '../../hooks/aws/compute.ts';
import type { Compute, ImageQuery } from '../../hooks/questdbnode/ports.ts';
import { CLUSTER_NAME } from './objects.ts';
import { openWire, type Wire } from './wire.ts';

let wire: Wire;
beforeEach(async () => {
  wire = await openWire();
});
afterEach(() => wire.close());

const calls = (action: string): number => wire.simulator.model.calls[action] ?? 0;

const compute = (): Compute => {
  const { clients, now } = wire;
  return createCompute({ clients, clusterName: CLUSTER_NAME, snapshotMaxAgeSeconds: 10, now });
};

const X86 = { imageId: 'ami-local-x86', architecture: 'x86_64', rootDeviceName: '/dev/xvda' };
const ARM = { imageId: 'ami-local-arm64', architecture: 'arm64', rootDeviceName: '/dev/xvda' };
const named = (architecture: string, name = 'amazon-eks-node-al2023-*', owner = 'amazon'): ImageQuery => ({
  owner,
  name,
  architectures: [architecture],
});

describe('an image', () => {
  it.each<[string, ImageQuery, object | undefined]>([
    ['by its id', { id: 'ami-local-x86' }, X86],
    ['by an id that EC2 does not know', { id: 'ami-none' }, undefined],
    ['by its name: the newest of them', named('x86_64'), X86],
    ['by its name: the newest that fits', named('arm64'), ARM],
    ['by the account that owns it', named('x86_64', '*-standard-1.36-*', '602401143452'), X86],
    [
      'by a name that only an older one has',
      named('x86_64', '*-standard-1.36-v20260112'),
      { ...X86, imageId: 'ami-local-x86-previous' },
    ],
    ['of a type that runs two architectures', { ...named('i386'), architectures: ['i386', 'x86_64'] }, X86],
    ['by a name that nothing has', named('x86_64', 'ubuntu-*'), undefined],
    ['of an owner who has none', named('x86_64', '*', '111122223333'), undefined],
    ['of an architecture that nothing has', named('riscv64'), undefined],
  ])('is found %s', async (_how, query, image) => {
    expect(await compute().image(query)).toEqual(image);
  });

  it.each([1, 2])('is the newest in pages of any size up to %d, in any order', async (maxPageSize) => {
    wire.simulator.command('set', { maxPageSize });
    for (let reading = 0; reading < 10; reading += 1)
      expect(await compute().image(named('x86_64'))).toMatchObject({ imageId: 'ami-local-x86' });
    expect(calls('DescribeImages')).toBeGreaterThan(10);
  });

  it('is read once in five minutes for all who ask for the same, found or not', async () => {
    const { image } = compute();
    const ask = () => Promise.all([image(named('arm64')), image(named('arm64')), image({ id: 'ami-none' })]);
    await ask();
    wire.simulator.advance(299);
    await ask();
    const once = calls('DescribeImages');
    wire.simulator.advance(2);
    expect(await ask()).toEqual([ARM, ARM, undefined]);
    expect(calls('DescribeImages')).toBeGreaterThan(once);
  });

  it.each([
    ['InvalidAMIID.Unavailable', undefined],
    ['InvalidAMIID.Malformed', undefined],
  ])('that EC2 does not hand out (%s) is none', async (code, image) => {
    wire.simulator.command('fail', { action: 'DescribeImages', code });
    expect(await compute().image({ id: 'ami-local-x86' })).toBe(image);
  });

  it.each([
    ['UnauthorizedOperation', 'Refusal'],
    ['RequestLimitExceeded', 'RetryLater'],
  ])('is not taken for absent when EC2 does not say (%s)', async (code, name) => {
    wire.simulator.command('fail', { action: 'DescribeImages', code, times: 2 });
    await expect(compute().image({ id: 'ami-local-x86' })).rejects.toMatchObject({ name });
  });
});

/** An EC2 that shows one image in that state to whoever asks, and keeps what it was asked. */
const showing = (state: string) => {
  const asked: URLSearchParams[] = [];
  const image = `<item><imageId>ami-1</imageId><imageState>${state}</imageState></item>`;
  const body = `<DescribeImagesResponse><imagesSet>${image}</imagesSet></DescribeImagesResponse>`;
  const client = new EC2Client({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'hooks', secretAccessKey: 'local' },
    signer: { sign: (request) => Promise.resolve(request) },
    requestHandler: {
      handle: (request: { body?: unknown }) => {
        asked.push(new URLSearchParams(String(request.body)));
        const headers = { 'content-type': 'text/xml' };
        return Promise.resolve({ response: { statusCode: 200, headers, body: Buffer.from(body) } });
      },
    },
  });
  return { client, asked };
};

describe('an image that is not available', () => {
  it.each(['pending', 'failed', 'invalid', 'deregistered'])('by its id is none: %s', async (state) => {
    expect(await readImage(showing(state).client, { id: 'ami-1' })).toBeUndefined();
    expect(await readImage(showing('available').client, { id: 'ami-1' })).toMatchObject({ imageId: 'ami-1' });
  });

  it('by its name is not asked for', async () => {
    const { client, asked } = showing('available');
    await readImage(client, named('x86_64'));
    const [query] = asked;
    const filters = [1, 2, 3].map((index) => [
      query?.get(`Filter.${String(index)}.Name`),
      query?.get(`Filter.${String(index)}.Value.1`),
    ]);
    expect(Object.fromEntries(filters)).toEqual({
      name: 'amazon-eks-node-al2023-*',
      state: 'available',
      architecture: 'x86_64',
    });
    expect(query?.get('Owner.1')).toBe('amazon');
  });
});

describe('an instance type', () => {
  it.each([
    ['r6i.2xlarge', 'x86_64', [298, 1192, 12_000, 40_000]],
    ['m7g.large', 'arm64', [75, 1192, 3600, 40_000]],
    ['t3.medium', 'x86_64', [41, 248, 2000, 11_800]],
  ])('%s has its architecture, and its limits on EBS in MiB/s', async (name, architecture, limits) => {
    const [baselineThroughput, maximumThroughput, baselineIops, maximumIops] = limits;
    expect(await compute().instanceType(name)).toEqual({
      architectures: [architecture],
      ebs: { baselineThroughput, maximumThroughput, baselineIops, maximumIops },
    });
  });

  it('that there is not is none', async () => {
    expect(await compute().instanceType('m6i.metre')).toBeUndefined();
  });

  it('is read once an hour for all who ask for it', async () => {
    const { instanceType } = compute();
    await Promise.all([instanceType('m7g.large'), instanceType('m7g.large')]);
    wire.simulator.advance(3599);
    await instanceType('m7g.large');
    expect(calls('DescribeInstanceTypes')).toBe(1);
    wire.simulator.advance(2);
    await instanceType('m7g.large');
    expect(calls('DescribeInstanceTypes')).toBe(2);
  });
});
