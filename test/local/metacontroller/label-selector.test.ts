import { describe, expect, it } from 'vitest';
import { isEmptySelector, selects, type LabelSelector } from '../../../local/metacontroller/label-selector.ts';
import { selectorOf } from '../../../local/metacontroller/parent-selector.ts';

const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, values }],
});

describe('selects', () => {
  const labels = { app: 'questdb', tier: 'hot' };
  it.each<[string, LabelSelector | null | undefined, boolean]>([
    ['none', undefined, true],
    ['null', null, true],
    ['an empty one', {}, true],
    ['equal labels', { matchLabels: { app: 'questdb', tier: 'hot' } }, true],
    ['another value', { matchLabels: { app: 'other' } }, false],
    ['an absent label', { matchLabels: { zone: 'a' } }, false],
    ['In', expression('tier', 'In', 'cold', 'hot'), true],
    ['In of others', expression('tier', 'In', 'cold'), false],
    ['In of an absent label', expression('zone', 'In', 'a'), false],
    ['NotIn', expression('tier', 'NotIn', 'cold'), true],
    ['NotIn of its value', expression('tier', 'NotIn', 'hot'), false],
    ['NotIn of an absent label', expression('zone', 'NotIn', 'a'), true],
    ['Exists', expression('tier', 'Exists'), true],
    ['Exists of an absent label', expression('zone', 'Exists'), false],
    ['DoesNotExist', expression('zone', 'DoesNotExist'), true],
    ['DoesNotExist of one there', expression('tier', 'DoesNotExist'), false],
    ['labels and expressions', { matchLabels: { app: 'questdb' }, ...expression('tier', 'In', 'cold') }, false],
  ])('%s', (_what, selector, answer) => {
    expect(selects(selector, labels)).toBe(answer);
  });

  it('refuses an operator that is none', () => {
    expect(() => selects(expression('tier', 'Is', 'hot'), labels)).toThrow(/not a valid label selector operator/);
  });

  it('knows an empty selector', () => {
    expect(isEmptySelector({})).toBe(true);
    expect(isEmptySelector({ matchLabels: {}, matchExpressions: [] })).toBe(true);
    expect(isEmptySelector(expression('a', 'Exists'))).toBe(false);
  });
});

describe('selectorOf', () => {
  const parent = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x', uid: 'u', resourceVersion: '1' } };

  it('goes by uid when generated, whatever the parent selects', () => {
    const matches = selectorOf({ ...parent, ...{ spec: { selector: { matchLabels: { a: 'b' } } } } }, true);
    expect([{ 'controller-uid': 'u' }, { 'controller-uid': 'other', a: 'b' }, undefined].map(matches)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is the selector of the parent otherwise, and never an empty one', () => {
    const matches = selectorOf({ ...parent, ...{ spec: { selector: { matchLabels: { a: 'b' } } } } }, false);
    expect([{ a: 'b' }, { a: 'c' }].map(matches)).toEqual([true, false]);
    expect(() => selectorOf(parent, false)).toThrow(/must have either matchLabels/);
  });
});
