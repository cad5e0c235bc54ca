import {
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { Refusal, RetryLater } from '../metacontroller/errors.ts';
import type { StartOutcome } from '../questdbnode/ports.ts';
import { classOf, codeOf, messageOf, orRetryLater } from './errors.ts';

/** EC2 shows it otherwise than it was read: in another state, or not at all (yet, or any more). The next look shows what is. */
const OUTDATED: readonly string[] = ['IncorrectInstanceState', 'InvalidInstanceID.NotFound'];
const SOON_SECONDS = 2;

const orLookAgain = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await orRetryLater(operation, call);
  } catch (error) {
    const cause = error instanceof Refusal ? error.cause : undefined;
    if (!OUTDATED.includes(codeOf(cause))) throw error;
    throw new RetryLater(SOON_SECONDS, `EC2 ${operation}: the instance is in another state by now; looking again.`, {
      cause,
    });
  }
};

/** Starts a stopped instance; `client` makes one attempt alone, for the SDK repeats a lack of capacity as a fault of the server. */
export const startInstance = async (client: EC2Client, instanceId: string): Promise<StartOutcome> =>
  orLookAgain('StartInstances', async () => {
    try {
      await client.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
      return { outcome: 'Started' };
    } catch (error) {
      if (classOf(error) !== 'NoCapacity') throw error;
      return { outcome: 'NoCapacity', code: codeOf(error), message: messageOf(error) };
    }
  });

/** Stops an instance. With `force` its operating system is not asked, which is for one that does not get there. */
export const stopInstance = async (
  client: EC2Client,
  instanceId: string,
  { force }: { force: boolean },
): Promise<void> =>
  orLookAgain('StopInstances', async () => {
    await client.send(new StopInstancesCommand({ InstanceIds: [instanceId], ...(force ? { Force: true } : {}) }));
  });

/** Lifts the termination protection and terminates. An instance that is gone already is fine. */
export const terminateInstance = async (client: EC2Client, instanceId: string): Promise<void> =>
  orLookAgain('TerminateInstances', async () => {
    try {
      await client.send(
        new ModifyInstanceAttributeCommand({ InstanceId: instanceId, DisableApiTermination: { Value: false } }),
      );
      await client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    } catch (error) {
      if (classOf(error) !== 'NotFound') throw error;
    }
  });
