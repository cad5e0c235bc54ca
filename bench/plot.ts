import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { View, parse } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { cpuSecondsOf } from './fleet/usage.ts';
import type { Report } from './report.ts';

type Row = { databases: number; what: string; metacontroller: string; value: number };

/** Undefined where there is nothing to draw. */
const chart = (title: string, unit: string, values: Row[]): TopLevelSpec | undefined =>
  values.length === 0 ? undefined : drawing(title, unit, values);

const drawing = (title: string, unit: string, values: Row[]): TopLevelSpec => ({
  title,
  width: 520,
  height: 300,
  background: 'white',
  data: { values },
  mark: { type: 'line', point: true },
  encoding: {
    x: { field: 'databases', type: 'quantitative', scale: { type: 'log' }, title: 'databases' },
    y: { field: 'value', type: 'quantitative', scale: { type: 'log' }, title: unit },
    color: { field: 'what', type: 'nominal', title: null },
    strokeDash: { field: 'metacontroller', type: 'nominal', title: 'Metacontroller' },
  },
});

const rows = (
  { fleets }: Report,
  series: Record<string, (fleet: Report['fleets'][number]) => number | undefined>,
): Row[] =>
  fleets
    .filter(({ throttling }) => !throttling)
    .flatMap((fleet) =>
      Object.entries(series).flatMap(([what, valueOf]) => {
        const value = valueOf(fleet);
        const { databases, metacontroller } = fleet;
        return value === undefined || value <= 0 ? [] : [{ databases, what, metacontroller, value }];
      }),
    );

const CHARTS: readonly { file: string; draw: (report: Report) => TopLevelSpec | undefined }[] = [
  {
    file: 'time.svg',
    draw: (report) =>
      chart(
        'From the first create to all Ready',
        'seconds',
        rows(report, {
          'the operator': ({ created }) => created.seconds,
          'the floor: the same objects posted directly': ({ floor }) => floor?.seconds,
          'one database, p50': ({ created }) => created.perDatabase.p50,
          'one database, p99': ({ created }) => created.perDatabase.p99,
        }),
      ),
  },
  {
    file: 'cost.svg',
    draw: (report) =>
      chart(
        'What a fleet costs until all are Ready',
        'CPU seconds',
        rows(report, {
          hooks: ({ created }) => cpuSecondsOf(created.usage, 'hooks'),
          metacontroller: ({ created }) => cpuSecondsOf(created.usage, 'metacontroller'),
          'API server': ({ created }) => cpuSecondsOf(created.usage, 'kube-apiserver'),
        }),
      ),
  },
  {
    file: 'changes.svg',
    draw: (report) =>
      chart(
        'What happens to a fleet that is there',
        'seconds',
        rows(report, {
          'config changed on all': ({ changed }) => changed?.config.seconds,
          'its floor': ({ changed }) => changed?.config.floorSeconds,
          'image changed on all': ({ changed }) => changed?.image.seconds,
          'restart until quiet': ({ changed }) => changed?.restart.quietSeconds,
          'a tenth of the machines lost': ({ changed }) => changed?.loss.seconds,
        }),
      ),
  },
];

/** Draws the curves of a report beside its file. */
export const drawPlots = async (file: string): Promise<void> => {
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  for (const { file: name, draw } of CHARTS) {
    const spec = draw(report);
    if (spec === undefined) continue;
    const view = new View(parse(compile(spec).spec), { renderer: 'none' });
    writeFileSync(join(dirname(file), name), `${await view.toSVG()}\n`);
  }
};
