import type { FleetFigures } from './fleet/bench.ts';
import { cpuSecondsOf, peakMiBOf, totalCpuSeconds } from './fleet/usage.ts';
import type { HookFigures } from './hook/bench.ts';
import { sum } from './figures.ts';
import type { Report } from './report.ts';

type Column<Row> = readonly [head: string, of: (row: Row) => string];

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const rounded = (value: number): string => value.toFixed(0);

const table = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] =>
  rows.length === 0
    ? []
    : [
        columns.map(([head]) => head),
        columns.map(() => '---'),
        ...rows.map((row) => columns.map(([, of]) => of(row))),
      ].map((cells) => `| ${cells.join(' | ')} |`);

const nameOf = ({ databases, metacontroller, throttling }: FleetFigures): string =>
  `${databases}${metacontroller === 'real' ? ', Metacontroller 4.17.2' : ''}${throttling ? ", EC2's limits" : ''}`;

const CREATED: readonly Column<FleetFigures>[] = [
  ['databases', nameOf],
  ['all Ready', ({ created }) => seconds(created.seconds)],
  ['the floor', ({ floor }) => (floor === undefined ? 'not run' : seconds(floor.seconds))],
  ['ratio (spread)', ({ ratio, ratios }) => ratioOf(ratio, ratios)],
  [
    'one database, p50 and p99',
    ({ created: { perDatabase } }) => `${seconds(perDatabase.p50)}, ${seconds(perDatabase.p99)}`,
  ],
  ['QuestDB syncs until Ready, median', ({ created }) => String(created.callsUntilReady?.median ?? '?')],
  [
    'API requests a database (writes)',
    ({ created }) => `${rounded(created.requestsPerDatabase)} (${rounded(created.writesPerDatabase)})`,
  ],
  ['calls of EC2 a database', ({ databases, created }) => (sum(created.ec2Calls) / databases).toFixed(1)],
];

const ratioOf = (ratio: number | undefined, ratios: readonly number[]): string => {
  if (ratio === undefined) return '';
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return ratios.length < 2 ? ratio.toFixed(2) : `${ratio.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
};

const USED: readonly Column<FleetFigures>[] = [
  ['databases', nameOf],
  [
    'CPU of all until Ready, floor',
    ({ created, floor }) =>
      `${rounded(totalCpuSeconds(created.usage))} s, ${floor === undefined ? 'not run' : `${rounded(totalCpuSeconds(floor.usage))} s`}`,
  ],
  ...['hooks', 'metacontroller', 'kube-apiserver', 'etcd'].map((part): Column<FleetFigures> => [
    `${part}: CPU, peak memory`,
    ({ created: { usage } }) => `${seconds(cpuSecondsOf(usage, part))}, ${peakMiBOf(usage, part)} MiB`,
  ]),
  [
    'idle: API requests a database and hour, writes',
    ({ idle }) => `${rounded(idle.requestsPerDatabaseAndHour)}, ${sum(idle.writes)}`,
  ],
];

type Changed = FleetFigures & { changed: NonNullable<FleetFigures['changed']> };
const wasChanged = (fleet: FleetFigures): fleet is Changed => fleet.changed !== undefined;

const CHANGED: readonly Column<Changed>[] = [
  ['databases', nameOf],
  [
    'config changed on all, floor, ratio',
    ({ changed: { config } }) =>
      `${seconds(config.seconds)}, ${seconds(config.floorSeconds)}, ${config.ratio.toFixed(2)}`,
  ],
  ['image changed on all', ({ changed }) => seconds(changed.image.seconds)],
  ['hooks: start to ready', ({ changed }) => seconds(changed.restart.hooksSeconds)],
  ['both restarted, until quiet', ({ changed }) => seconds(changed.restart.quietSeconds)],
  ['a tenth of the machines lost, until Ready', ({ changed }) => seconds(changed.loss.seconds)],
];

const HOOK: readonly Column<HookFigures>[] = [
  ['request', ({ kilobytes }) => `${kilobytes} KB`],
  ['hook p50, p99', ({ hooks }) => `${hooks.p50} ms, ${hooks.p99} ms`],
  ['bare server p50, p99', ({ bare }) => `${bare.p50} ms, ${bare.p99} ms`],
  [
    'p99 ratio (spread)',
    ({ ratio, spread }) => `${ratio.p99.toFixed(2)} (${spread.least.toFixed(2)} to ${spread.most.toFixed(2)})`,
  ],
  ['answers a second: hook, bare', ({ hooks, bare }) => `${rounded(hooks.perSecond)}, ${rounded(bare.perSecond)}`],
  ['peak memory: hook, bare', ({ memoryMiB }) => `${memoryMiB.hooks} MiB, ${memoryMiB.bare} MiB`],
];

/** The figures of a report in Markdown, as docs/scale.md has them. */
export const tablesOf = ({ machine, at, fleets, hook }: Report): string[] => [
  `${machine}; ${at}`,
  '',
  ...table(fleets, CREATED),
  '',
  ...table(fleets, USED),
  '',
  ...table(fleets.filter(wasChanged), CHANGED),
  '',
  ...table(hook, HOOK),
];
