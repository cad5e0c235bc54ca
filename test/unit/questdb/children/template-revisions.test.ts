import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { QuestDB } from '../../../../hooks/api/generated/questdb.ts';
import { RELEASED } from '../../../../hooks/questdb/children/template-revisions.ts';
import type { PodInput } from '../../../../hooks/questdb/pod-input.ts';
import { placementOf, sourcesOf, type StatefulSet } from '../../../../hooks/questdb/statefulset.ts';

/** What a released renderer was given, and what it made of it. */
type Case = { scenario: string; database: QuestDB; input: PodInput; template: unknown };

const fileOf = (revision: string): string => `test/released/template-revision-${revision}.json`;

const childrenIn = (path: string): StatefulSet[] => {
  const { answer } = JSON.parse(readFileSync(path, 'utf8')) as { answer?: { children?: StatefulSet[] } };
  return (answer?.children ?? []).filter(({ kind }) => kind === 'StatefulSet');
};

/** Every different pod template in the recorded answers of the hook, with what it was made from. */
const casesOf = (): Case[] => {
  const cases = new Map<string, Case>();
  for (const path of globSync('test/scenarios/questdb/*/response.json').sort()) {
    const folder = path.replace(/\/response\.json$/, '');
    const { parent } = JSON.parse(readFileSync(`${folder}/request.json`, 'utf8')) as { parent: QuestDB };
    const { apiVersion, kind, metadata, spec } = parent;
    const { name, uid } = metadata;
    for (const set of childrenIn(path)) {
      const input = JSON.parse(JSON.stringify({ ...sourcesOf(set), placement: placementOf(set) })) as PodInput;
      const database = { apiVersion, kind, metadata: { name, uid }, spec: { ...spec, config: {} } } as QuestDB;
      const rendered = JSON.stringify(set.spec?.template.spec) + JSON.stringify(input);
      if (!cases.has(rendered)) {
        cases.set(rendered, { scenario: folder.split('/').at(-1) ?? '', database, input, template: null });
      }
    }
  }
  return [...cases.values()];
};

/** Only for a renderer that no release has had yet: FREEZE_TEMPLATES=1 writes down what it makes. */
const freeze = async (revision: string): Promise<void> => {
  const render = RELEASED.renderers[revision];
  const cases = casesOf().map((one) => ({ ...one, template: render?.(one.database, one.input) }));
  writeFileSync(fileOf(revision), await format(JSON.stringify(cases), { parser: 'json', printWidth: 120 }));
};

if (process.env.FREEZE_TEMPLATES === '1') await freeze(RELEASED.newest);

describe.each(Object.keys(RELEASED.renderers))('the renderer of revision %s', (revision) => {
  const cases = JSON.parse(readFileSync(fileOf(revision), 'utf8')) as Case[];

  it('is held against databases of every kind', () => {
    expect(cases.length).toBeGreaterThan(10);
    expect(cases.some(({ input }) => input.placement.on === 'AnyNode')).toBe(true);
    expect(cases.some(({ input }) => input.layout === 'DbOnly')).toBe(true);
    expect(cases.some(({ input }) => input.credentials.hasReadonly)).toBe(true);
    expect(cases.some(({ database }) => database.spec.pod !== undefined)).toBe(true);
  });

  it.each(cases.map((one) => [one.scenario, one] as const))(
    'makes what it made, or every database restarts: %s',
    (_scenario, { database, input, template }) => {
      expect(JSON.parse(JSON.stringify(RELEASED.renderers[revision]?.(database, input)))).toEqual(template);
    },
  );
});
