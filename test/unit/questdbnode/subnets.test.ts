import { describe, expect, it } from 'vitest';
import { subnetAfter, subnetsIn } from '../../../hooks/questdbnode/subnets.ts';
import { aNodeClass } from '../../fixtures/questdbnode.ts';

const [A, B] = ['eu-west-1a', 'eu-west-1b'];
const nodeClass = aNodeClass({
  subnets: [
    { zone: A, id: 'subnet-z' },
    { zone: B, id: 'subnet-b' },
    { zone: A, id: 'subnet-a' },
    { zone: A, id: 'subnet-m' },
  ],
});

describe('the subnets of a zone', () => {
  it.each([
    [A, ['subnet-z', 'subnet-a', 'subnet-m']],
    [B, ['subnet-b']],
    ['eu-west-1c', []],
  ])("are those the class has there, in the class's order: %s", (zone, subnets) => {
    expect(subnetsIn(nodeClass, zone)).toEqual(subnets);
  });

  it.each([
    [A, 'subnet-z', 'subnet-a'],
    [A, 'subnet-a', 'subnet-m'],
    [A, 'subnet-m', undefined],
    [B, 'subnet-b', undefined],
    [A, 'subnet-the-class-has-no-more', 'subnet-z'],
    ['eu-west-1c', 'subnet-z', undefined],
  ])('follow each other: in %s, after %s', (zone, subnetId, next) => {
    expect(subnetAfter(nodeClass, zone, subnetId)).toBe(next);
  });
});
