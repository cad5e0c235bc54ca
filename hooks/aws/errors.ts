import { Refusal, RetryLater } from '../metacontroller/errors.ts';

/**
 * What an EC2 error means to the operator, decided in one place
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
 */
export type Ec2ErrorClass =
  /** Ask later: throttled, EC2's own failure, or no answer at all. The call may have had its effect. */
  | 'Transient'
  | 'NoCapacity'
  /** What it is about is not in a state to take the call, or has taken too many: it may be later. */
  | 'NotNow'
  | 'TokenMismatch'
  | 'TokenSpent'
  | 'NotFound'
  /** Permissions or parameters: it never works as it is. */
  | 'Refused';

const CLASSES: Readonly<Record<string, Ec2ErrorClass>> = {
  InsufficientCapacity: 'NoCapacity',
  InsufficientFreeAddressesInSubnet: 'NoCapacity',
  InsufficientHostCapacity: 'NoCapacity',
  InsufficientInstanceCapacity: 'NoCapacity',
  InsufficientReservedInstanceCapacity: 'NoCapacity',
  InsufficientVolumeCapacity: 'NoCapacity',
  ReservationCapacityExceeded: 'NoCapacity',
  UnfulfillableCapacity: 'NoCapacity',
  Unsupported: 'NoCapacity',
  // Quotas of the account: what others give back makes room.
  InstanceLimitExceeded: 'NoCapacity',
  MaxIOPSLimitExceeded: 'NoCapacity',
  NetworkInterfaceLimitExceeded: 'NoCapacity',
  ResourceLimitExceeded: 'NoCapacity',
  VcpuLimitExceeded: 'NoCapacity',
  VolumeLimitExceeded: 'NoCapacity',
  IdempotentParameterMismatch: 'TokenMismatch',
  IdempotentInstanceTerminated: 'TokenSpent',
  'InvalidAMIID.Malformed': 'NotFound',
  'InvalidAMIID.NotFound': 'NotFound',
  'InvalidAMIID.Unavailable': 'NotFound',
  'InvalidInstanceID.NotFound': 'NotFound',
  InvalidInstanceType: 'NotFound',
  'InvalidVolume.NotFound': 'NotFound',
  'InvalidVolumeModification.NotFound': 'NotFound',
  // One modification at a time, four in 24 hours (https://docs.aws.amazon.com/ebs/latest/userguide/modify-volume-requirements.html).
  IncorrectModificationState: 'NotNow',
  IncorrectState: 'NotNow',
  VolumeModificationRateExceeded: 'NotNow',
  VolumeModificationSizeLimitExceeded: 'NotNow',
  // The account itself: only its owner can mend it.
  Blocked: 'Refused',
  OptInRequired: 'Refused',
  PendingVerification: 'Refused',
  // No credentials, or expired ones: no request was made.
  CredentialsProviderError: 'Refused',
  TokenProviderError: 'Refused',
  ConcurrentTagAccess: 'Transient',
  EC2ThrottledException: 'Transient',
  InternalError: 'Transient',
  InternalFailure: 'Transient',
  RequestLimitExceeded: 'Transient',
  RequestTimeout: 'Transient',
  RetryableError: 'Transient',
  ServerInternal: 'Transient',
  ServiceUnavailable: 'Transient',
  Throttling: 'Transient',
  ThrottlingException: 'Transient',
  Unavailable: 'Transient',
};

/** AWS' logs and older endpoints say whose fault it is before the code. */
const WHOSE_FAULT = /^(Client|Server)\./;

/** EC2's error code: the SDK uses it as the error's name. */
export const codeOf = (error: unknown): string =>
  error instanceof Error ? error.name.replace(WHOSE_FAULT, '') : 'Unknown';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const classOf = (error: unknown): Ec2ErrorClass => CLASSES[codeOf(error)] ?? classByStatus(error);

/** No HTTP status: no answer came. 5xx: EC2's own failure. Else EC2 understood and refused. */
const classByStatus = (error: unknown): Ec2ErrorClass => {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return status === undefined || status >= 500 ? 'Transient' : 'Refused';
};

const RETRY_SECONDS = 3;
const JITTER_SECONDS = 4;

/** A transient failure as Metacontroller is told of it, spread so that a fleet does not come back all at once. */
export const asRetryLater = (operation: string, error: unknown): RetryLater =>
  new RetryLater(RETRY_SECONDS + Math.random() * JITTER_SECONDS, `EC2 ${operation}: ${codeOf(error)}; trying again.`, {
    cause: error,
  });

const WHAT_TO_CHECK = "Check the IAM policy of the operator's role.";

/** Runs a call whose failures are worth another try, as RetryLater; what EC2 refuses outright is a Refusal. */
export const orRetryLater = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (classOf(error) === 'Transient') throw asRetryLater(operation, error);
    throw new Refusal(`EC2 ${operation} was refused (${codeOf(error)}): ${messageOf(error)} ${WHAT_TO_CHECK}`, {
      cause: error,
    });
  }
};
