import { EC2Client, type EC2ClientConfig, type RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../local/ec2/simulator.ts';

/** A simulator whose clock stands still until a test moves it. */
export type TestAccount = { simulator: Simulator; ec2: EC2Client; close: () => Promise<void> };

export const openAccount = async (options: SimulatorOptions = {}): Promise<TestAccount> => {
  const simulator = await startSimulator({
    seed: 7,
    ...options,
    settings: { speed: 0, visibilityDelaySeconds: 0, ...options.settings },
  });
  const ec2 = clientOf(simulator.url);
  return {
    simulator,
    ec2,
    close: async () => {
      ec2.destroy();
      await simulator.close();
    },
  };
};

export const clientOf = (endpoint: string, config: EC2ClientConfig = {}): EC2Client =>
  new EC2Client({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...config,
  });

/** A launch that EC2 accepts. */
export const launch = (changes: Partial<RunInstancesCommandInput> = {}): RunInstancesCommandInput => ({
  ImageId: 'ami-local-x86',
  InstanceType: 'm6i.large',
  SubnetId: 'subnet-local-a',
  SecurityGroupIds: ['sg-local'],
  MinCount: 1,
  MaxCount: 1,
  ...changes,
});

/** The error an operation ends with; fails when it ends well. */
export const errorOf = async (
  operation: Promise<unknown>,
): Promise<{ name: string; message: string; status: number | undefined }> => {
  try {
    await operation;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error('the operation did not fail');
};
