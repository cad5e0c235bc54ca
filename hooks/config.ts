import { readTokens } from './authorization.ts';
import {
  address,
  endpoint,
  flag,
  integer,
  isPlainHttpUrl,
  type Kind,
  matching,
  namespaceName,
  oneOf,
  optional,
  required,
  type Setting,
  withDefault,
} from './setting.ts';

/** Configuration that cannot be used, with every problem found, one sentence each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const databaseUrlTemplate: Kind<string> = {
  allowed:
    'an http or https URL without a user and a password that has both {namespace} and {name} in it, for example http://{name}.{namespace}.svc:9000',
  parse: (text) => {
    const example = text.replaceAll('{name}', 'name').replaceAll('{namespace}', 'namespace');
    const whole = text.includes('{name}') && text.includes('{namespace}') && !/[{}]/.test(example);
    return whole && isPlainHttpUrl(example) ? text : undefined;
  },
};

const tokenFile: Kind<string> = {
  allowed: 'the path of a file with one token a line',
  parse: (path) => {
    readTokens(path);
    return path;
  },
};

/** Everything the hooks can be told, in the order of the documentation. */
export const SETTINGS = {
  port: withDefault('PORT', '8080', integer(0, 65535), 'The TCP port to listen on; 0 takes a free one and logs it.'),
  host: withDefault('HOST', '0.0.0.0', address, 'The address to listen on.'),
  hookTokenFile: optional(
    'HOOK_TOKEN_FILE',
    tokenFile,
    'The bearer tokens the hook routes accept, one a line (two during a rotation), read again when the file changes. Without it the hook routes need no token.',
  ),
  clusterName: required(
    'CLUSTER_NAME',
    matching(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
      'the name of the EKS cluster: 1 to 100 letters, digits, - and _, starting with a letter or digit',
    ),
    'The cluster that instances join. It goes into EC2 tags and client tokens: two clusters in one account never share it, and it never changes.',
  ),
  region: required(
    'AWS_REGION',
    matching(/^[a-z]{2,8}(-[a-z]{1,16}){1,3}-\d{1,2}$/, 'an AWS region, for example eu-west-1'),
    'The region of the instances and volumes.',
  ),
  ec2Endpoint: optional(
    'AWS_ENDPOINT_URL_EC2',
    endpoint,
    'Another EC2 than that of AWS, for example a simulated one. Read by the AWS SDK itself; said in the log at each start.',
  ),
  awsEndpoint: optional(
    'AWS_ENDPOINT_URL',
    endpoint,
    'The same for every service of AWS; AWS_ENDPOINT_URL_EC2 goes first.',
  ),
  databaseUrlTemplate: withDefault(
    'DATABASE_URL_TEMPLATE',
    'http://{name}.{namespace}.svc:9000',
    databaseUrlTemplate,
    'Where the HTTP port of a database is reached.',
  ),
  ec2SnapshotMaxAgeSeconds: withDefault(
    'EC2_SNAPSHOT_MAX_AGE_SECONDS',
    '10',
    integer(1, 300, 'seconds'),
    'How old a shared read of EC2 may be before it is read again.',
  ),
  ec2VisibilitySeconds: withDefault(
    'EC2_VISIBILITY_SECONDS',
    '300',
    integer(1, 3600, 'seconds'),
    'How long EC2 may hide what was just made, so how long an absent instance is not taken as gone.',
  ),
  ec2RetrySeconds: withDefault(
    'EC2_RETRY_SECONDS',
    '180',
    integer(1, 3600, 'seconds'),
    'The least time between two launches or starts of one instance that EC2 had no capacity for; the wait grows to four times that.',
  ),
  ec2ForceStopSeconds: withDefault(
    'EC2_FORCE_STOP_SECONDS',
    '600',
    integer(1, 7200, 'seconds'),
    'How long a machine that is taken for lost may take to stop before EC2 is asked to force it.',
  ),
  ec2ModificationRetrySeconds: withDefault(
    'EC2_MODIFICATION_RETRY_SECONDS',
    '1800',
    integer(1, 86400, 'seconds'),
    'How long after EC2 refused to modify a volume (four times in 24 hours, one at a time), or failed to, it is asked again.',
  ),
  ec2VolumeCheckSeconds: withDefault(
    'EC2_VOLUME_CHECK_SECONDS',
    '300',
    integer(1, 86400, 'seconds'),
    'How long a volume in use may be gone from EC2 before it is noticed. One call for each 500 volumes of the fleet.',
  ),
  leakCheckSeconds: withDefault(
    'LEAK_CHECK_SECONDS',
    '300',
    integer(0, 86400, 'seconds'),
    'How often instances are looked for whose QuestDBNode is gone; 0 never does, and then nothing is collected.',
  ),
  leakAgeSeconds: withDefault(
    'LEAK_AGE_SECONDS',
    '900',
    integer(1, 86400, 'seconds'),
    'How long ago an instance was launched, or started last, before it can be one of them.',
  ),
  collectLeaks: withDefault(
    'COLLECT_LEAKS',
    'false',
    flag,
    'Whether they are terminated too. One with a data volume, or without a tag that says whose it is, is only ever reported. Never to be switched on where another cluster of the account has the same CLUSTER_NAME.',
  ),
  operatorNamespace: withDefault(
    'OPERATOR_NAMESPACE',
    'questdb-fleet',
    namespaceName,
    'The namespace the hooks run in: the NetworkPolicy of a database lets them in.',
  ),
  probeIntervalSeconds: withDefault(
    'PROBE_INTERVAL_SECONDS',
    '30',
    integer(1, 3600, 'seconds'),
    'How often the health of a database is asked by SQL.',
  ),
  logLevel: withDefault(
    'LOG_LEVEL',
    'info',
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    'The least severity that is logged. debug has a line for each answered call.',
  ),
  shutdownDelaySeconds: withDefault(
    'SHUTDOWN_DELAY_SECONDS',
    '5',
    integer(0, 60, 'seconds'),
    'How long calls are still accepted after SIGTERM, while the Service forgets this pod.',
  ),
  hookBudgetSeconds: withDefault(
    'HOOK_BUDGET_SECONDS',
    '8',
    integer(1, 9, 'seconds'),
    'How long one hook call may take before it is answered with 429. Metacontroller gives up after 10.',
  ),
} satisfies Record<string, Setting<unknown>>;

/** The checked configuration of a process. */
export type Config = { [Key in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Key]['parse']> };

const OWN_PREFIXES = ['COLLECT_', 'DATABASE_URL', 'EC2_', 'HOOK_', 'LEAK_', 'OPERATOR_', 'PROBE_', 'SHUTDOWN_'];
/** Variables that Kubernetes makes of the Services of a namespace; one may be called `ec2-...`. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT)(_|$)|_PORT(_\d+_(TCP|UDP|SCTP).*)?$/;

const misspelt = (env: NodeJS.ProcessEnv): string[] => {
  const names: string[] = Object.values(SETTINGS).map(({ name }) => name);
  return Object.keys(env)
    .filter((name) => !names.includes(name) && !SERVICE_LINK.test(name))
    .flatMap((name) => {
      const prefix = OWN_PREFIXES.find((own) => name.startsWith(own));
      if (prefix === undefined) return [];
      return [
        `${name} is not a setting; those that start so are ${names.filter((own) => own.startsWith(prefix)).join(', ')}`,
      ];
    })
    .sort();
};

/**
 * Reads the configuration from the environment, an empty value counting as none. Throws a ConfigurationError that lists every problem.
 */
export const readConfig = (env: NodeJS.ProcessEnv): Config => {
  const problems: string[] = [];
  const values = Object.entries(SETTINGS).map(([key, setting]: [string, Setting<unknown>]) => {
    try {
      return [key, setting.parse(env[setting.name] || undefined)];
    } catch (error) {
      problems.push(`${setting.name} ${error instanceof Error ? error.message : String(error)}`);
      return [key, undefined];
    }
  });
  problems.push(...misspelt(env));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.fromEntries(values) as Config;
};
