import { describe, expect, it } from 'vitest';
import {
  awsEnvironment,
  choicesOf,
  findMetacontroller,
  partEnvironment,
} from '../../../local/processes/environment.ts';
import { readSettings } from '../../../local/settings.ts';

const settings = readSettings('/tmp/none');
const simulated = `http://127.0.0.1:${settings.ports.ec2}`;

describe('the environment of a part', () => {
  it("has nothing of the person's own AWS account", () => {
    const env = partEnvironment(settings, { PATH: '/bin', AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'secret' });
    expect(env.PATH).toBe('/bin');
    expect(Object.keys(env).filter((name) => name.startsWith('AWS_'))).toEqual([]);
  });

  it('says which cluster it is of', () => {
    expect(partEnvironment(settings, {}).LOCAL_STATE_DIR).toBe(settings.stateDir);
  });
});

describe('EC2', () => {
  it("is the simulated one, whatever the person's own account is", () => {
    const env = awsEnvironment(settings, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_PROFILE: 'production',
    });
    expect(env).toEqual({
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_EC2: simulated,
    });
  });

  it('is another one when the person names it, with credentials of their own', () => {
    const env = { AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:4566', AWS_PROFILE: 'localstack' };
    expect(awsEnvironment(settings, env)).toEqual({ AWS_REGION: 'eu-west-1', ...env });
    expect(choicesOf(settings, env).EC2).toBe('http://127.0.0.1:4566');
  });

  it('gets credentials that mean nothing where the person names none', () => {
    const env = { AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:4566', AWS_REGION: 'us-east-1' };
    expect(awsEnvironment(settings, env)).toEqual({
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...env,
    });
  });
});

describe('Metacontroller', () => {
  it('is the stand-in when there is no real one', () => {
    expect(findMetacontroller({ PATH: '/bin' })).toBeUndefined();
    expect(choicesOf(settings, { PATH: '/bin' }).Metacontroller).toBe('the stand-in');
  });

  it('is the executable that METACONTROLLER_BIN names', () => {
    expect(findMetacontroller({ METACONTROLLER_BIN: '/bin/sh' })).toBe('/bin/sh');
  });

  it('is never the stand-in on the quiet when METACONTROLLER_BIN names nothing', () => {
    expect(() => findMetacontroller({ METACONTROLLER_BIN: '/no/such/file' })).toThrow('not an executable');
  });
});
