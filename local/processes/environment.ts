import { delimiter, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import { cacheDirectory } from '../controlplane/binaries.ts';
import type { Settings } from '../settings.ts';

/** Where the hooks look for EC2, and who decided so. */
export type Ec2Endpoint = { url: string; simulated: boolean };

export const simulatedEc2Url = (settings: Settings): string => `http://127.0.0.1:${settings.ports.ec2}`;

/** AWS_ENDPOINT_URL_EC2 set by the caller of `up` wins over the simulator. */
export const ec2EndpointOf = (settings: Settings, env: NodeJS.ProcessEnv): Ec2Endpoint => {
  const given = env.AWS_ENDPOINT_URL_EC2;
  return given ? { url: given, simulated: false } : { url: simulatedEc2Url(settings), simulated: true };
};

const isAws = (name: string): boolean => name.startsWith('AWS_');

/** The caller's environment without AWS_*: a person's own profile and keys have no business in a simulated account. */
const withoutAws = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !isAws(name)));

const LOCAL_ACCOUNT = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

/** The environment every part gets. Compiled modules are kept: it halves the CPU time our parts need to start. */
export const partEnvironment = (settings: Settings, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: join(cacheDirectory(), 'node'),
  ...withoutAws(env),
  LOCAL_STATE_DIR: settings.stateDir,
});

/**
 * Region, credentials and endpoint for the parts that call EC2. With an endpoint of the caller's own, the caller's own
 * AWS variables go with it; what they leave out is filled with the simulated account's.
 */
export const awsEnvironment = (settings: Settings, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const endpoint = ec2EndpointOf(settings, env);
  const callers = Object.fromEntries(Object.entries(env).filter(([name]) => isAws(name)));
  const namesCredentials = 'AWS_PROFILE' in callers || 'AWS_ACCESS_KEY_ID' in callers;
  const { AWS_REGION, ...keys } = LOCAL_ACCOUNT;
  if (endpoint.simulated) return { ...LOCAL_ACCOUNT, AWS_ENDPOINT_URL_EC2: endpoint.url };
  return { AWS_REGION, ...(namesCredentials ? {} : keys), ...callers };
};

/** What a person chose by the environment of `up`; a cluster that runs keeps what it was started with. */
export const choicesOf = (settings: Settings, env: NodeJS.ProcessEnv): Record<string, string> => ({
  EC2: ec2EndpointOf(settings, env).url,
  Metacontroller: findMetacontroller(env) ?? 'the stand-in',
});

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The real Metacontroller, when there is one: METACONTROLLER_BIN, else the first of that name on PATH. */
export const findMetacontroller = (env: NodeJS.ProcessEnv): string | undefined => {
  const given = env.METACONTROLLER_BIN;
  if (given && !isExecutable(given)) throw new Error(`METACONTROLLER_BIN names ${given}, which is not an executable.`);
  if (given) return given;
  return (env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, 'metacontroller'))
    .find(isExecutable);
};
