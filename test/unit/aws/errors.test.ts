import { describe, expect, it } from 'vitest';
import { asRetryLater, classOf, codeOf, messageOf, orRetryLater } from '../../../hooks/aws/errors.ts';
import { Refusal, RetryLater } from '../../../hooks/metacontroller/errors.ts';

const errorOf = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error(`${name} happened`), {
    name,
    ...(httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode } }),
  });

describe('an error of EC2', () => {
  it.each([
    ['InsufficientCapacity', 'NoCapacity'],
    ['InsufficientFreeAddressesInSubnet', 'NoCapacity'],
    ['InsufficientHostCapacity', 'NoCapacity'],
    ['InsufficientInstanceCapacity', 'NoCapacity'],
    ['InsufficientReservedInstanceCapacity', 'NoCapacity'],
    ['InsufficientVolumeCapacity', 'NoCapacity'],
    ['InstanceLimitExceeded', 'NoCapacity'],
    ['MaxIOPSLimitExceeded', 'NoCapacity'],
    ['NetworkInterfaceLimitExceeded', 'NoCapacity'],
    ['ReservationCapacityExceeded', 'NoCapacity'],
    ['ResourceLimitExceeded', 'NoCapacity'],
    ['UnfulfillableCapacity', 'NoCapacity'],
    ['Unsupported', 'NoCapacity'],
    ['VcpuLimitExceeded', 'NoCapacity'],
    ['VolumeLimitExceeded', 'NoCapacity'],
    ['Server.InsufficientInstanceCapacity', 'NoCapacity'],
    ['IdempotentParameterMismatch', 'TokenMismatch'],
    ['IdempotentInstanceTerminated', 'TokenSpent'],
    ['InvalidAMIID.Malformed', 'NotFound'],
    ['InvalidAMIID.NotFound', 'NotFound'],
    ['InvalidAMIID.Unavailable', 'NotFound'],
    ['InvalidInstanceID.NotFound', 'NotFound'],
    ['InvalidInstanceType', 'NotFound'],
    ['InvalidVolume.NotFound', 'NotFound'],
    ['Client.InvalidInstanceID.NotFound', 'NotFound'],
    ['ConcurrentTagAccess', 'Transient'],
    ['EC2ThrottledException', 'Transient'],
    ['InternalError', 'Transient'],
    ['InternalFailure', 'Transient'],
    ['RequestLimitExceeded', 'Transient'],
    ['RequestTimeout', 'Transient'],
    ['RetryableError', 'Transient'],
    ['ServerInternal', 'Transient'],
    ['ServiceUnavailable', 'Transient'],
    ['Throttling', 'Transient'],
    ['ThrottlingException', 'Transient'],
    ['Unavailable', 'Transient'],
    ['Client.RequestLimitExceeded', 'Transient'],
    ['AuthFailure', 'Refused'],
    ['Blocked', 'Refused'],
    ['CredentialsProviderError', 'Refused'],
    ['InvalidCapacityReservationId.NotFound', 'Refused'],
    ['InvalidGroup.NotFound', 'Refused'],
    ['InvalidInstanceID', 'Refused'],
    ['InvalidInstanceID.Malformed', 'Refused'],
    ['InvalidParameterValue', 'Refused'],
    ['InvalidSubnetID.NotFound', 'Refused'],
    ['OptInRequired', 'Refused'],
    ['PendingVerification', 'Refused'],
    ['TagLimitExceeded', 'Refused'],
    ['TokenProviderError', 'Refused'],
    ['UnauthorizedOperation', 'Refused'],
    ['UnsupportedOperation', 'Refused'],
    ['Client.InvalidInstanceID', 'Refused'],
    ['Client.UnauthorizedOperation', 'Refused'],
  ])('%s means %s', (code, meaning) => {
    // What is retried is so by its code, although EC2 answers some of these with 4xx.
    expect(classOf(errorOf(code, code.startsWith('Insufficient') ? 500 : 400))).toBe(meaning);
  });

  it('that is a lack of capacity can be the reason of a condition', () => {
    // What the schema takes (crds/): a code with a dot in it would have the whole status refused.
    for (const code of ['ReservationCapacityExceeded', 'Server.InsufficientInstanceCapacity'])
      expect(codeOf(errorOf(code))).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
  });

  it.each([
    ['no answer', errorOf('TimeoutError'), 'Transient'],
    ['a failure of its own', errorOf('Whatever', 500), 'Transient'],
    ['a bad gateway', errorOf('Whatever', 502), 'Transient'],
    ['a refusal', errorOf('Whatever', 499), 'Refused'],
    ['no error at all', undefined, 'Transient'],
    ['a text', 'broken', 'Transient'],
  ])('without a known code is told by its status: %s', (_name, error, meaning) => {
    expect(classOf(error)).toBe(meaning);
  });

  it('has a code and a message', () => {
    expect([codeOf(errorOf('Throttling')), messageOf(errorOf('Throttling'))]).toEqual([
      'Throttling',
      'Throttling happened',
    ]);
    expect([codeOf('broken'), messageOf('broken')]).toEqual(['Unknown', 'broken']);
  });
});

describe('a transient failure', () => {
  it('is told to Metacontroller, spread over some seconds, with its cause', () => {
    const cause = errorOf('Throttling');
    const waits = Array.from({ length: 200 }, () => asRetryLater('RunInstances', cause));
    expect(waits[0]?.message).toBe('EC2 RunInstances: Throttling; trying again.');
    expect(waits[0]?.cause).toBe(cause);
    const seconds = waits.map(({ afterSeconds }) => afterSeconds);
    expect([Math.min(...seconds) >= 3, Math.max(...seconds) <= 7]).toEqual([true, true]);
    expect(new Set(seconds).size).toBeGreaterThan(1);
  });

  it('alone is worth another try', async () => {
    const failing = (error: Error) => orRetryLater('DescribeInstances', () => Promise.reject(error));
    await expect(failing(errorOf('Throttling'))).rejects.toThrow(RetryLater);
    const refused = failing(errorOf('UnauthorizedOperation', 403));
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(
      "EC2 DescribeInstances was refused (UnauthorizedOperation): UnauthorizedOperation happened Check the IAM policy of the operator's role.",
    );
    await expect(orRetryLater('X', () => Promise.resolve(1))).resolves.toBe(1);
  });
});
