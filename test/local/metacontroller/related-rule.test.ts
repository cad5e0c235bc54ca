import { describe, expect, it } from 'vitest';
import { matchesRule, type RelatedRule } from '../../../local/metacontroller/related-rule.ts';
import type { Resource } from '../../../local/metacontroller/resource.ts';

const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  subresources: new Set(),
};
const NODES: Resource = { ...CONFIG_MAPS, kind: 'Node', plural: 'nodes', namespaced: false };
const NAMESPACES: Record<string, Record<string, string>> = { near: { zone: 'a' }, far: { zone: 'b' } };

const configMap = (namespace: string, name = 'x', labels: Record<string, string> = { app: 'questdb' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels, uid: 'u', resourceVersion: '1' },
});
const node = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: 'u', resourceVersion: '1', labels: { app: 'questdb' } },
});

const matches = (
  rule: Partial<RelatedRule>,
  object: ReturnType<typeof configMap> | ReturnType<typeof node>,
): boolean => {
  const resource = object.kind === 'Node' ? NODES : CONFIG_MAPS;
  const whole = { apiVersion: 'v1', resource: resource.plural, ...rule };
  return matchesRule(whole, resource, object, (name) => NAMESPACES[name]);
};

describe('a related rule', () => {
  it.each<[string, Partial<RelatedRule>, ReturnType<typeof configMap> | ReturnType<typeof node>, boolean]>([
    ['without anything selects all', {}, configMap('far'), true],
    [
      'with labels reaches all namespaces',
      { labelSelector: { matchLabels: { app: 'questdb' } } },
      configMap('far'),
      true,
    ],
    ['with other labels does not', { labelSelector: { matchLabels: { app: 'x' } } }, configMap('far'), false],
    ['with names reaches all namespaces', { names: ['x'] }, configMap('far'), true],
    ['with other names does not', { names: ['y'] }, configMap('far'), false],
    ['with empty names selects all', { names: [] }, configMap('far'), true],
    ['with namespace and names', { namespace: 'near', names: ['x'] }, configMap('near'), true],
    ['with another namespace and names', { namespace: 'near', names: ['x'] }, configMap('far'), false],
    ['with another namespace and labels', { namespace: 'near', labelSelector: {} }, configMap('far'), false],
    ['with namespaceSelector', { namespaceSelector: { matchLabels: { zone: 'b' } } }, configMap('far'), true],
    ['with another namespaceSelector', { namespaceSelector: { matchLabels: { zone: 'b' } } }, configMap('near'), false],
    ['with an unknown namespace', { namespaceSelector: {} }, configMap('unknown'), false],
    ['with a namespace for what has none', { namespace: 'near', names: ['n'] }, node('n'), true],
    ['for a node by name', { names: ['other'] }, node('n'), false],
  ])('%s', (_what, rule, object, answer) => {
    expect(matches(rule, object)).toBe(answer);
  });

  it('selects only its own version and kind', () => {
    expect(matches({ apiVersion: 'v2' }, configMap('near'))).toBe(false);
    expect(matchesRule({ apiVersion: 'v1', resource: 'nodes' }, NODES, configMap('near'), () => ({}))).toBe(false);
  });

  it.each<[Partial<RelatedRule>, ReturnType<typeof configMap> | ReturnType<typeof node>, RegExp]>([
    [{ names: ['x'], labelSelector: {} }, configMap('near'), /both names and labelSelector/],
    [{ names: ['x'], namespaceSelector: {} }, configMap('near'), /both names and labelSelector/],
    [{ namespace: 'near', namespaceSelector: {} }, configMap('near'), /both namespace and namespaceSelector/],
    [{ namespaceSelector: {} }, node('n'), /only supported for namespaced/],
  ])('%j contradicts itself', (rule, object, sentence) => {
    expect(() => matches(rule, object)).toThrow(sentence);
  });
});
