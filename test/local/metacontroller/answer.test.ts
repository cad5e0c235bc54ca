import { describe, expect, it } from 'vitest';
import { parseCustomizeAnswer, parseSyncAnswer } from '../../../local/metacontroller/answer.ts';

const EMPTY = { status: {}, children: [], resyncAfterSeconds: 0, finalized: false };

describe('a sync answer', () => {
  it.each([
    ['nothing', '{}', EMPTY],
    ['null', 'null', EMPTY],
    ['null fields', '{"status":null,"children":null,"resyncAfterSeconds":null,"finalized":null}', EMPTY],
    [
      'all fields',
      '{"status":{"a":1},"children":[{"kind":"A","apiVersion":"v1","metadata":{"name":"x"}}],"resyncAfterSeconds":1.5,"finalized":true}',
      {
        status: { a: 1 },
        children: [{ kind: 'A', apiVersion: 'v1', metadata: { name: 'x' } }],
        resyncAfterSeconds: 1.5,
        finalized: true,
      },
    ],
  ])('of %s is taken', (_what, text, answer) => {
    expect(parseSyncAnswer(text, 'strict', 'sync')).toEqual(answer);
  });

  it.each([
    ['', /can't unmarshal/],
    ['[]', /not an object/],
    ['{"status":[]}', /status is not an object/],
    ['{"children":{}}', /children is not a list/],
    ['{"children":[null]}', /children\[0\]/],
    ['{"children":[{"metadata":{}}]}', /Object 'Kind' is missing/],
    ['{"resyncAfterSeconds":"5"}', /resyncAfterSeconds is not a number/],
    ['{"finalized":"yes"}', /finalized is not a boolean/],
  ])('%s is refused in any mode', (text, sentence) => {
    expect(() => parseSyncAnswer(text, 'strict', 'sync')).toThrow(sentence);
    expect(() => parseSyncAnswer(text, 'loose', 'sync')).toThrow(sentence);
  });

  it('with unknown fields is refused in strict mode alone, but children and status may have any', () => {
    const text = '{"labels":{},"Status":{}}';
    expect(() => parseSyncAnswer(text, 'strict', 'sync')).toThrow(/unknown field "labels", unknown field "Status"/);
    expect(parseSyncAnswer(text, 'loose', 'sync')).toEqual(EMPTY);
    expect(parseSyncAnswer('{"status":{"any":1},"children":[{"kind":"A","any":1}]}', 'strict', 'sync').status).toEqual({
      any: 1,
    });
  });
});

describe('a customize answer', () => {
  it('is a list of rules, empty when missing', () => {
    expect(parseCustomizeAnswer('{}', 'strict')).toEqual([]);
    const rule = { apiVersion: 'v1', resource: 'nodes', labelSelector: { matchLabels: { a: 'b' } }, names: ['x'] };
    expect(parseCustomizeAnswer(JSON.stringify({ relatedResources: [rule] }), 'strict')).toEqual([rule]);
  });

  it.each([
    [{ rules: [] }, /unknown field "rules"/],
    [{ relatedResources: [{ name: 'x' }] }, /unknown field "relatedResources\[0\].name"/],
    [{ relatedResources: [{ labelSelector: { a: 'b' } }] }, /unknown field "relatedResources\[0\].labelSelector.a"/],
    [{ relatedResources: [{ names: 'x' }] }, /names is not a list/],
    [{ relatedResources: [{ labelSelector: { matchLabels: { a: 1 } } }] }, /matchLabels.a is not a string/],
  ])('%j is refused', (answer, sentence) => {
    expect(() => parseCustomizeAnswer(JSON.stringify(answer), 'strict')).toThrow(sentence);
  });
});
