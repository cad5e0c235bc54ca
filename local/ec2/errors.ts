/** HTTP status of the codes that are not the client's fault; every other code is a 400. */
const SERVER_STATUS: Record<string, number> = {
  DryRunOperation: 412,
  InsufficientInstanceCapacity: 500,
  InternalError: 500,
  InternalFailure: 500,
  RequestLimitExceeded: 503,
  ServiceUnavailable: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
  AuthFailure: 401,
};

/** An answer of EC2 that is not a success: its code, sentence and HTTP status. */
export class Ec2Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Ec2Error';
    this.code = code;
    this.status = SERVER_STATUS[code] ?? 400;
  }
}

export const missingParameter = (name: string): Ec2Error =>
  new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidValue = (value: string, name: string, hint = ''): Ec2Error =>
  new Ec2Error('InvalidParameterValue', `Value (${value}) for parameter ${name} is invalid.${hint && ` ${hint}`}`);

export const invalidCombination = (message: string): Ec2Error => new Ec2Error('InvalidParameterCombination', message);

export const throttled = (): Ec2Error => new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.');
