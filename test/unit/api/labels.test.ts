import { describe, expect, it } from 'vitest';
import { generationOf, namespaceOf } from '../../../hooks/api/kinds.ts';
import {
  childLabels,
  dataLabels,
  hasAll,
  isDataOf,
  ownerAnnotation,
  selectorLabels,
  volumeLabels,
} from '../../../hooks/api/labels.ts';
import { aDatabase } from '../../fixtures/questdb.ts';

const IDENTITY = { namespace: 'acme', database: 'trades' };
const SELECTOR = { 'app.kubernetes.io/name': 'questdb', 'app.kubernetes.io/instance': 'trades' };
const MANAGED = { 'app.kubernetes.io/managed-by': 'questdb-fleet' };
const DATABASE = { 'questdb-fleet.dev/database': 'trades' };

describe('the labels', () => {
  it('say whose an object is', () => {
    expect(selectorLabels('trades')).toEqual(SELECTOR);
    expect(childLabels('trades')).toEqual({ ...SELECTOR, ...MANAGED, ...DATABASE });
    expect(dataLabels(IDENTITY)).toEqual({ ...MANAGED, ...DATABASE });
    expect(volumeLabels(IDENTITY)).toEqual({ ...MANAGED, ...DATABASE, 'questdb-fleet.dev/namespace': 'acme' });
    expect(ownerAnnotation(IDENTITY)).toBe('acme/trades');
  });

  it.each([
    ['both', { labels: DATABASE, annotations: { 'questdb-fleet.dev/owner': 'acme/trades' } }, true],
    ['the label alone', { labels: DATABASE }, false],
    ['the annotation alone', { annotations: { 'questdb-fleet.dev/owner': 'acme/trades' } }, false],
    ['another owner', { labels: DATABASE, annotations: { 'questdb-fleet.dev/owner': 'other/trades' } }, false],
    ['nothing', {}, false],
  ])('and the annotation together say whose data it is: %s', (_name, metadata, isData) => {
    expect(isDataOf(IDENTITY, { name: 'x', uid: 'u', ...metadata })).toBe(isData);
  });

  it.each([
    [{ a: '1', b: '2' }, { a: '1' }, true],
    [{ a: '1' }, { a: '1', b: '2' }, false],
    [{ a: '2' }, { a: '1' }, false],
    [undefined, { a: '1' }, false],
    [undefined, {}, true],
  ])('of %j have all of %j: %s', (observed, wanted, has) => {
    expect(hasAll(observed as Record<string, string> | undefined, wanted as Record<string, string>)).toBe(has);
  });
});

describe('the metadata of a parent', () => {
  it('has a namespace, or it is none', () => {
    expect(namespaceOf(aDatabase())).toBe('acme');
    expect(() => namespaceOf({ metadata: { name: 'trades' } })).toThrow('trades has no namespace');
  });

  it('has a generation, which counts from 1', () => {
    expect(generationOf(aDatabase({ metadata: { generation: 4 } }))).toBe(4);
    expect(generationOf({ metadata: {} })).toBe(1);
  });
});
