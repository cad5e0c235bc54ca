import { status } from '@grpc/grpc-js';
import { EC2ServiceException } from '@aws-sdk/client-ec2';

/** An answer of the driver that is no success: a gRPC status code and a sentence. */
export class CsiError extends Error {
  readonly code: status;

  constructor(code: status, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CsiError';
    this.code = code;
  }
}

/** What each of EC2's error codes means to the caller of a CSI method; what is not listed is INTERNAL and is tried again. */
const STATUS_OF_EC2_CODE: Readonly<Record<string, status>> = {
  IdempotentParameterMismatch: status.ALREADY_EXISTS,
  'InvalidVolume.NotFound': status.NOT_FOUND,
  'InvalidInstanceID.NotFound': status.NOT_FOUND,
  'InvalidSnapshot.NotFound': status.NOT_FOUND,
  InvalidParameterValue: status.INVALID_ARGUMENT,
  InvalidParameterCombination: status.INVALID_ARGUMENT,
  MissingParameter: status.INVALID_ARGUMENT,
  'InvalidZone.NotFound': status.INVALID_ARGUMENT,
  InsufficientVolumeCapacity: status.RESOURCE_EXHAUSTED,
  VolumeLimitExceeded: status.RESOURCE_EXHAUSTED,
  MaxIOPSLimitExceeded: status.RESOURCE_EXHAUSTED,
  AttachmentLimitExceeded: status.RESOURCE_EXHAUSTED,
  VolumeInUse: status.FAILED_PRECONDITION,
  IncorrectState: status.FAILED_PRECONDITION,
  IncorrectInstanceState: status.FAILED_PRECONDITION,
  IncorrectModificationState: status.UNAVAILABLE,
  VolumeModificationRateExceeded: status.UNAVAILABLE,
  RequestLimitExceeded: status.UNAVAILABLE,
  UnauthorizedOperation: status.PERMISSION_DENIED,
};

/** EC2's error code, e.g. `InvalidVolume.NotFound`; undefined when `error` is not an answer of EC2. */
export const ec2Code = (error: unknown): string | undefined =>
  error instanceof EC2ServiceException ? error.name : undefined;

/** Turns whatever was thrown into a CSI answer; the message keeps EC2's code and text. */
export const asCsiError = (error: unknown): CsiError => {
  if (error instanceof CsiError) return error;
  const code = ec2Code(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code === undefined) return new CsiError(status.INTERNAL, text, { cause: error });
  return new CsiError(STATUS_OF_EC2_CODE[code] ?? status.INTERNAL, `EC2 ${code}: ${text}`, { cause: error });
};

/** Asserts what every CSI method demands of its request. */
export const required = (value: string, field: string): string => {
  if (value === '') throw new CsiError(status.INVALID_ARGUMENT, `${field} is required`);
  return value;
};
