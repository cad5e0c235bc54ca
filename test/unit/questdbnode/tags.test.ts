import { describe, expect, it } from 'vitest';
import { classTagsBehind, missingTags, tagsAtLaunch } from '../../../hooks/questdbnode/tags.ts';
import { aNodeClass, aNodeParent, anInstance, PARENT_UID } from '../../fixtures/questdbnode.ts';

const OWN = {
  Name: 'acme/trades-abcdef01',
  'questdb-fleet.dev/cluster': 'fleet-1',
  'questdb-fleet.dev/namespace': 'acme',
  'questdb-fleet.dev/database': 'trades',
  'questdb-fleet.dev/owner-uid': PARENT_UID,
  'questdb-fleet.dev/attempt': '2',
};
const FORGED = Object.fromEntries(Object.keys(OWN).map((key) => [key, 'forged']));

type Tags = Record<string, string>;

const withTags = (tags: Tags) => aNodeParent({ spec: { tags } });
const atLaunch = (ofClass: Tags, ofSpec: Tags) =>
  tagsAtLaunch(withTags(ofSpec), aNodeClass({ tags: ofClass }), { clusterName: 'fleet-1', attempt: 2 });

describe('the tags of a launch', () => {
  it.each<[string, Tags, Tags, Tags]>([
    ['nobody says any', {}, {}, {}],
    ['the class says some', { team: 'data' }, {}, { team: 'data' }],
    ['the spec says some', {}, { customer: 'acme' }, { customer: 'acme' }],
    ['both say one', { team: 'data', cost: '1' }, { team: 'acme' }, { team: 'acme', cost: '1' }],
    ["somebody says the operator's own", FORGED, FORGED, {}],
  ])("are the class's, then the spec's, then the operator's own: %s", (_who, ofClass, ofSpec, others) => {
    expect(atLaunch(ofClass, ofSpec)).toEqual({ ...others, ...OWN });
  });

  it('are the same without any in class and spec', () => {
    const { tags: _none, ...spec } = aNodeClass().spec;
    const nodeClass = { ...aNodeClass(), spec };
    expect(tagsAtLaunch(aNodeParent(), nodeClass, { clusterName: 'fleet-1', attempt: 2 })).toEqual(OWN);
  });
});

describe('the tags an instance lacks', () => {
  it.each<[string, Tags, Tags, Tags]>([
    ['none are wanted', {}, { old: 'x' }, {}],
    ['all are there', { a: '1' }, { a: '1', old: 'x' }, {}],
    ['one is not there', { a: '1', b: '2' }, { a: '1' }, { b: '2' }],
    ['one is otherwise', { a: '1', b: '2' }, { a: '0', b: '2' }, { a: '1' }],
    ['one is empty', { a: '' }, {}, { a: '' }],
    ["they are the operator's own", FORGED, {}, {}],
  ])('are what the spec says alone: %s', (_what, wanted, tags, missing) => {
    expect(missingTags(withTags(wanted), anInstance({ tags }))).toEqual(missing);
  });

  it('are none when the spec says nothing of tags', () => {
    expect(missingTags(aNodeParent(), anInstance())).toEqual({});
  });
});

describe("the class's tags that a launch did not have", () => {
  it.each<[string, Tags, Tags, Tags, string[]]>([
    ['it had all', { a: '1' }, {}, { a: '1', other: 'x' }, []],
    ['some are new or otherwise', { b: '2', a: '1', c: '3' }, {}, { a: '0', c: '3' }, ['a', 'b']],
    ['the spec says it itself', { a: '1' }, { a: 'mine' }, { a: 'mine' }, []],
    ["the class says the operator's own", FORGED, {}, OWN, []],
    ['the class has one no more', {}, {}, { a: '1' }, []],
  ])('%s', (_what, ofClass, ofSpec, launched, behind) => {
    expect(classTagsBehind(withTags(ofSpec), aNodeClass({ tags: ofClass }), launched)).toEqual(behind);
  });
});
