import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, readConfig, SETTINGS } from '../../hooks/config.ts';

const NEEDED = { CLUSTER_NAME: 'production', AWS_REGION: 'eu-west-1' };

const problemsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the configuration', () => {
  it('needs the cluster and the region, and has defaults for the rest', () => {
    expect(readConfig({ ...NEEDED, PATH: '/bin', KUBECONFIG: '/k', AWS_PROFILE: 'x' })).toEqual({
      port: 8080,
      host: '0.0.0.0',
      hookTokenFile: undefined,
      clusterName: 'production',
      region: 'eu-west-1',
      ec2Endpoint: undefined,
      awsEndpoint: undefined,
      databaseUrlTemplate: 'http://{name}.{namespace}.svc:9000',
      ec2SnapshotMaxAgeSeconds: 10,
      ec2VisibilitySeconds: 300,
      ec2RetrySeconds: 180,
      ec2ForceStopSeconds: 600,
      ec2ModificationRetrySeconds: 1800,
      ec2VolumeCheckSeconds: 300,
      leakCheckSeconds: 300,
      leakAgeSeconds: 900,
      collectLeaks: false,
      probeIntervalSeconds: 30,
      logLevel: 'info',
      operatorNamespace: 'questdb-fleet',
      shutdownDelaySeconds: 5,
      hookBudgetSeconds: 8,
    });
  });

  it('lists every error at once, in the order of the table', () => {
    const problems = problemsOf({
      PORT: '80a',
      HOST: 'localhost',
      HOOK_TOKEN_FILE: join(folder, 'missing'),
      CLUSTER_NAME: 'a cluster',
      DATABASE_URL_TEMPLATE: 'http://{name}:9000',
      EC2_VISIBILITY_SECONDS: '0',
      LOG_LEVEL: 'verbose',
      HOOK_BUDGET_SECONDS: '10',
      EC2_RETRY: '5',
    });
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535',
      'HOST must be an IP address, for example 0.0.0.0, ::, or 127.0.0.1',
      'HOOK_TOKEN_FILE names a file that cannot be read: ENOENT',
      'CLUSTER_NAME must be the name of the EKS cluster: 1 to 100 letters, digits, - and _, starting with a letter or digit',
      'AWS_REGION is required: an AWS region, for example eu-west-1',
      expect.stringMatching(/^DATABASE_URL_TEMPLATE must be .* both \{namespace\} and \{name\}/),
      'EC2_VISIBILITY_SECONDS must be a whole number of seconds from 1 to 3600',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal',
      'HOOK_BUDGET_SECONDS must be a whole number of seconds from 1 to 9',
      'EC2_RETRY is not a setting; those that start so are EC2_SNAPSHOT_MAX_AGE_SECONDS, EC2_VISIBILITY_SECONDS, EC2_RETRY_SECONDS, EC2_FORCE_STOP_SECONDS, EC2_MODIFICATION_RETRY_SECONDS, EC2_VOLUME_CHECK_SECONDS',
    ]);
  });

  it('says all of them in its message', () => {
    expect(() => readConfig({ PORT: '-1' })).toThrow(
      /cannot be used:\n {2}- PORT must[^\n]*\n {2}- CLUSTER_NAME is required[^\n]*\n {2}- AWS_REGION is required/,
    );
  });

  it('takes an empty value as none', () => {
    expect(readConfig({ ...NEEDED, PORT: '', HOOK_TOKEN_FILE: '' })).toMatchObject({
      port: 8080,
      hookTokenFile: undefined,
    });
    expect(problemsOf({ ...NEEDED, CLUSTER_NAME: '' })).toHaveLength(1);
  });

  it.each([
    ['AWS_REGION', 'us-gov-west-1'],
    ['AWS_REGION', 'ap-southeast-4'],
    ['AWS_REGION', 'eusc-de-east-1'],
    ['HOST', '::'],
    ['PORT', '0'],
    ['SHUTDOWN_DELAY_SECONDS', '0'],
    ['DATABASE_URL_TEMPLATE', 'https://127.0.0.1:8070/-/{namespace}/{name}'],
    ['AWS_ENDPOINT_URL_EC2', 'http://127.0.0.1:8095'],
    ['LEAK_CHECK_SECONDS', '0'],
    ['COLLECT_LEAKS', 'false'],
  ])('takes %s=%s', (name, value) => {
    expect(problemsOf({ ...NEEDED, [name]: value })).toEqual([]);
  });

  it.each([
    ['AWS_REGION', 'eu-west-1a'],
    ['AWS_REGION', 'eu west 1'],
    ['PORT', '65536'],
    ['PORT', '1e3'],
    ['PORT', ' 80'],
    ['CLUSTER_NAME', '-production'],
    ['CLUSTER_NAME', 'x'.repeat(101)],
    ['DATABASE_URL_TEMPLATE', 'ftp://{name}.{namespace}'],
    ['DATABASE_URL_TEMPLATE', '{name}.{namespace}.svc:9000'],
    ['DATABASE_URL_TEMPLATE', 'http://{name}.{namespace}.{zone}'],
    ['AWS_ENDPOINT_URL_EC2', '127.0.0.1:8095'],
    ['AWS_ENDPOINT_URL', 'localhost'],
    ['LEAK_AGE_SECONDS', '0'],
    ['COLLECT_LEAKS', 'yes'],
    ['COLLECT_LEAKS', 'True'],
    ['COLLECT_LEAKS', '1'],
    ['COLLECT_LEAK', 'true'],
    ['LEAK_AGE', '900'],
    ['HOOK_TOKENS', 'x'],
    ['PROBE_INTERVAL', '5'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ ...NEEDED, [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  });

  it('has what can be switched on as true or false', () => {
    expect(readConfig({ ...NEEDED, COLLECT_LEAKS: 'true' }).collectLeaks).toBe(true);
    expect(readConfig({ ...NEEDED, COLLECT_LEAKS: 'false' }).collectLeaks).toBe(false);
  });

  it('repeats no value, which may be a secret in the wrong place', () => {
    const problems = problemsOf({
      ...NEEDED,
      DATABASE_URL_TEMPLATE: 'http://user:hunter2@{name}.{namespace}',
      PORT: 'hunter2',
    });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('takes what Kubernetes makes of a Service for no setting', () => {
    const links = {
      EC2_SIMULATOR_SERVICE_HOST: '10.0.0.1',
      EC2_SIMULATOR_PORT: 'tcp://10.0.0.1:80',
      EC2_SIMULATOR_PORT_80_TCP_ADDR: '10.0.0.1',
      EC2_SIMULATOR_SERVICE_PORT_HTTP: '80',
    };
    expect(problemsOf({ ...NEEDED, ...links })).toEqual([]);
  });

  it.each([
    ['', 'names a file without a token; it must have one token a line'],
    ['\n \n', 'names a file without a token; it must have one token a line'],
    ['two words\n', 'names a file with a line that is no token; a token is printable ASCII without spaces'],
  ])('refuses a token file with %j', (content, problem) => {
    const path = join(folder, 'token');
    writeFileSync(path, content);
    expect(problemsOf({ ...NEEDED, HOOK_TOKEN_FILE: path })).toEqual([`HOOK_TOKEN_FILE ${problem}`]);
  });
});

describe('the table of the configuration', () => {
  it.each(Object.values(SETTINGS).map((setting) => [setting.name, setting]))('documents %s', (_name, setting) => {
    expect(setting.meaning).toMatch(/^[A-Z].{20,}\.$/);
    expect(setting.allowed).not.toBe('');
    expect(setting.required && setting.default !== undefined).toBe(false);
    if (setting.default !== undefined) expect(() => setting.parse(setting.default)).not.toThrow();
  });
});
