import { Ec2Error } from './errors.ts';
import type { Account, Fault } from './model.ts';

/** Codes that are no answer of EC2: the connection is cut, or stays open without an answer. */
export const CONNECTION_RESET = 'ConnectionReset';
export const NO_ANSWER = 'NoAnswer';

/** The answer of a request does not reach the caller. */
export class LostAnswer extends Error {
  readonly how: string;

  constructor(how: string) {
    super(how);
    this.name = 'LostAnswer';
    this.how = how;
  }
}

/** Takes one use of the first fault that waits for this action at this moment; `*` waits for any. */
export const takeFault = (account: Account, action: string, when: Fault['when']): Fault | undefined => {
  const fault = account.faults.find(
    (candidate) => candidate.when === when && (candidate.action === action || candidate.action === '*'),
  );
  if (!fault) return undefined;
  fault.times -= 1;
  if (fault.times <= 0) account.faults = account.faults.filter((candidate) => candidate !== fault);
  return fault;
};

export const errorOf = (fault: Fault): Error =>
  fault.code === CONNECTION_RESET || fault.code === NO_ANSWER
    ? new LostAnswer(fault.code)
    : new Ec2Error(fault.code, fault.message);
