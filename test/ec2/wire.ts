import { vi } from 'vitest';
import { createClients, type Ec2Clients } from '../../hooks/aws/client.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../local/ec2/simulator.ts';

/** A simulated account on a socket, and the clients as production makes them. */
export type Wire = {
  simulator: Simulator;
  clients: Ec2Clients;
  /** What the clients told of each request: operation and outcome. */
  told: string[];
  now: () => Date;
  close: () => Promise<void>;
};

const clientsOf = (endpoint: string, told: string[]): Ec2Clients => {
  // Where EC2 is comes from the SDK's own environment variables, as in production.
  vi.stubEnv('AWS_ENDPOINT_URL_EC2', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'hooks');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  return createClients({ region: 'eu-west-1', onCall: (operation, outcome) => told.push(`${operation} ${outcome}`) });
};

const destroy = ({ once, twice }: Ec2Clients): void => {
  once.destroy();
  twice.destroy();
  vi.unstubAllEnvs();
};

/** Opens an account whose clock stands still. */
export const openWire = async (settings: NonNullable<SimulatorOptions['settings']> = {}): Promise<Wire> => {
  const simulator = await startSimulator({ seed: 7, settings: { speed: 0, visibilityDelaySeconds: 0, ...settings } });
  const told: string[] = [];
  const clients = clientsOf(simulator.url, told);
  return {
    simulator,
    clients,
    told,
    now: () => new Date(simulator.model.clock.now()),
    close: async () => {
      destroy(clients);
      await simulator.close();
    },
  };
};

/** Clients of an endpoint where nobody listens; what they tell of each request goes to `told`. */
export const openDeadWire = async (told: string[] = []): Promise<Pick<Wire, 'clients' | 'close'>> => {
  const simulator = await startSimulator();
  await simulator.close();
  const clients = clientsOf(simulator.url, told);
  return {
    clients,
    close: () => {
      destroy(clients);
      return Promise.resolve();
    },
  };
};
