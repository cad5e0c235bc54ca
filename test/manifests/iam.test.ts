import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isAllowed, type AwsRequest, type Statement } from './iam.ts';
import { REPOSITORY } from './render.ts';

const readText = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

const sources = readdirSync(join(REPOSITORY, 'hooks', 'aws'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readText(join('hooks', 'aws', path)));

/** What the adapter takes from the SDK, without types. */
const imported = sources.flatMap((text) =>
  [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-ec2'/g)].flatMap(([, names = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  ),
);

const { Statement: statements } = JSON.parse(readText('manifests/overlays/example/iam-policy.json')) as {
  Statement: Statement[];
};
const allows = (action: string, resource: string, keys: AwsRequest['keys'] = {}): boolean =>
  isAllowed(statements, { action, resource, keys });

describe('the IAM policy of the example', () => {
  it('allows what the hooks call, what a launch needs besides (to give the instance its role), and nothing else', () => {
    const called = imported
      .filter((name) => name !== 'EC2Client')
      .map((name) => {
        const [, command, paginated] = /^(\w+)Command$|^paginate(\w+)$/.exec(name) ?? [];
        return `ec2:${command ?? paginated ?? name}`;
      });
    expect(called.length).toBeGreaterThan(10);
    const allowed = [...new Set(statements.flatMap(({ Action }) => Action))].sort();
    expect(allowed).toEqual([...new Set([...called, 'iam:PassRole'])].sort());
  });

  it('has one sentence a statement', () => {
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
  });
});

const arn = (type: string, id: string): string => `arn:aws:ec2:eu-west-1:111122223333:${type}/${id}`;
const INSTANCE = arn('instance', 'i-1');
const VOLUME = arn('volume', 'vol-1');
const OURS = { 'aws:ResourceTag/questdb-fleet.dev/cluster': 'production' };
const THEIRS = { 'aws:ResourceTag/questdb-fleet.dev/cluster': 'another' };
const LAUNCHED_AS_OURS = { 'aws:RequestTag/questdb-fleet.dev/cluster': 'production' };
const tagging = (...keys: string[]) => ({ 'aws:TagKeys': keys });

describe('what is done to an instance', () => {
  it.each(['ModifyInstanceAttribute', 'StartInstances', 'StopInstances', 'TerminateInstances'])(
    '%s is done to our own alone',
    (name) => {
      expect(allows(`ec2:${name}`, INSTANCE, OURS)).toBe(true);
      expect(allows(`ec2:${name}`, INSTANCE, THEIRS)).toBe(false);
      expect(allows(`ec2:${name}`, INSTANCE)).toBe(false);
    },
  );

  it.each([
    ['a tag of the spec on ours', { ...OURS, ...tagging('customer', 'cost') }, true],
    ['a tag on another one', { ...THEIRS, ...tagging('customer') }, false],
    ['a tag on one without any', tagging('customer'), false],
    ['whose ours is', { ...OURS, ...tagging('customer', 'questdb-fleet.dev/owner-uid') }, false],
    ['that another one is ours', { ...LAUNCHED_AS_OURS, ...tagging('questdb-fleet.dev/cluster') }, false],
    ['all tags of a launch', { 'ec2:CreateAction': 'RunInstances', ...tagging('questdb-fleet.dev/cluster') }, true],
  ])('%s: %s', (_what, keys, allowed) => {
    expect(allows('ec2:CreateTags', INSTANCE, keys)).toBe(allowed);
  });
});

describe('what is launched', () => {
  it.each(['instance', 'volume', 'network-interface'])('a new %s carries the tag of the fleet', (type) => {
    expect(allows('ec2:RunInstances', arn(type, '*'), LAUNCHED_AS_OURS)).toBe(true);
    expect(allows('ec2:RunInstances', arn(type, '*'))).toBe(false);
  });

  it.each([
    'arn:aws:ec2:eu-west-1::image/ami-1',
    arn('subnet', 'subnet-1'),
    arn('security-group', 'sg-1'),
    arn('capacity-reservation', 'cr-1'),
  ])('%s may be part of it', (resource) => {
    expect(allows('ec2:RunInstances', resource)).toBe(true);
  });

  it.each([arn('key-pair', 'k'), arn('launch-template', 'lt-1'), arn('snapshot', 'snap-1')])(
    '%s may not',
    (resource) => {
      expect(allows('ec2:RunInstances', resource, LAUNCHED_AS_OURS)).toBe(false);
    },
  );

  it('has the role of instances, and no other', () => {
    const passed = { 'iam:PassedToService': 'ec2.amazonaws.com' };
    const role = 'arn:aws:iam::111122223333:role/questdb-fleet-instance';
    expect(allows('iam:PassRole', role, passed)).toBe(true);
    expect(allows('iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' })).toBe(false);
    expect(allows('iam:PassRole', 'arn:aws:iam::111122223333:role/admin', passed)).toBe(false);
  });
});

describe('what is said on a volume', () => {
  it.each([
    ['whose data it holds', { ...LAUNCHED_AS_OURS, ...tagging('questdb-fleet.dev/database') }, true],
    ['anything else', { ...LAUNCHED_AS_OURS, ...tagging('questdb-fleet.dev/database', 'Name') }, false],
    ['that it is of another fleet', tagging('questdb-fleet.dev/database'), false],
  ])('%s: %s', (_what, keys, allowed) => {
    expect(allows('ec2:CreateTags', VOLUME, keys)).toBe(allowed);
  });

  it.each(['DeleteVolume', 'DetachVolume', 'DeleteTags'])('%s is never done', (name) => {
    expect(allows(`ec2:${name}`, VOLUME, { ...OURS, ...LAUNCHED_AS_OURS })).toBe(false);
  });
});
