import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { deepFrozen } from '../fixtures/frozen.ts';
import { playScenario, type Scenario } from '../fixtures/scenario.ts';

/** Rewrites what the hooks answer; read every change as a reviewer before it is committed. */
const UPDATES = process.env.UPDATE_SCENARIOS === '1';

const root = import.meta.dirname;
const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const readIfThere = (path: string): unknown => (existsSync(path) ? read(path) : {});

for (const kind of foldersIn(root)) {
  describe(kind, () => {
    for (const name of foldersIn(join(root, kind))) {
      const folder = join(root, kind, name);
      const scenario = (): Scenario =>
        deepFrozen({
          kind,
          request: read(join(folder, 'request.json')) as Scenario['request'],
          facts: readIfThere(join(folder, 'facts.json')) as object,
        });

      it(name, async () => {
        const response = await playScenario(scenario());
        const path = join(folder, 'response.json');
        if (UPDATES) writeFileSync(path, await format(JSON.stringify(response), { parser: 'json', printWidth: 120 }));
        expect(response).toEqual(read(path));
      });
    }
  });
}
