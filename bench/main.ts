import { mkdirSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './figures.ts';
import { measureFleet, type FleetOptions } from './fleet/bench.ts';
import { measureHook } from './hook/bench.ts';
import { runMoveBench } from './move/bench.ts';
import { drawPlots } from './plot.ts';
import { fleetLines, hookLines, type Report } from './report.ts';
import { tablesOf } from './tables.ts';

const USAGE = `npm run bench -- <what> [options]

quick                                    hook and a fleet of 10, in under 3 minutes
hook  [--rounds N] [--seconds N]         the sync hook under load, beside a bare node:http server
fleet [--databases N,N,...] [--rounds N] [--throttling] [--no-changes] [--no-floor]
                                         fleets on local clusters of their own: create, idle, change, restart, loss; beside the floor
move  [--moves N]                        how long a database is away when it moves, beside a move by hand
plot                                     the curves and tables, from the file of --out

--out <file>   where the figures go as JSON; what is there of other sizes is kept. Default reports/bench.json`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    changes: { type: 'boolean', default: true },
    databases: { type: 'string', default: '10,100,300' },
    floor: { type: 'boolean', default: true },
    help: { type: 'boolean', short: 'h', default: false },
    moves: { type: 'string', default: '5' },
    out: { type: 'string', default: 'reports/bench.json' },
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    throttling: { type: 'boolean', default: false },
  },
});

const before = (): Pick<Report, 'hook' | 'fleets'> =>
  existsSync(values.out) ? (JSON.parse(readFileSync(values.out, 'utf8')) as Report) : { hook: [], fleets: [] };

/** What was measured now takes the place of the same from before. */
const save = (measured: Partial<Pick<Report, 'hook' | 'fleets'>>): void => {
  const { hook, fleets } = before();
  const keyOf = ({ databases, throttling, metacontroller }: Report['fleets'][number]): string =>
    JSON.stringify([databases, throttling, metacontroller]);
  const isKept = (fleet: Report['fleets'][number]): boolean =>
    measured.fleets?.every((other) => keyOf(other) !== keyOf(fleet)) ?? true;
  const report: Report = {
    machine: machine(),
    at: new Date().toISOString(),
    hook: measured.hook ?? hook,
    fleets: [...fleets.filter(isKept), ...(measured.fleets ?? [])].sort((a, b) => a.databases - b.databases),
  };
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(report, null, 1)}\n`);
};

const runHook = async (rounds: number, seconds: number): Promise<void> => {
  const hook = await measureHook(rounds, seconds);
  save({ hook });
  console.log(hookLines(hook).join('\n'));
};

const runFleet = async (options: FleetOptions): Promise<void> => {
  const figures = await measureFleet(options);
  save({ fleets: [figures] });
  console.log(fleetLines([figures]).join('\n'));
};

const numbers = (text: string): number[] => text.split(',').map(Number);

const run = async (what: string | undefined): Promise<boolean> => {
  const { throttling, changes, floor } = values;
  if (what !== undefined && what !== 'plot') console.log(machine());
  switch (what) {
    case 'quick':
      await runHook(1, 2);
      await runFleet({ databases: 10, throttling: false, idleSeconds: 10, changes: false, rounds: 1, floor: true });
      return true;
    case 'hook':
      await runHook(Number(values.rounds ?? 5), Number(values.seconds));
      return true;
    case 'fleet':
      for (const databases of numbers(values.databases)) {
        await runFleet({ databases, throttling, idleSeconds: 60, changes, rounds: Number(values.rounds ?? 1), floor });
      }
      return true;
    case 'move':
      await runMoveBench(Number(values.moves));
      return true;
    case 'plot':
      await drawPlots(values.out);
      console.log(tablesOf(JSON.parse(readFileSync(values.out, 'utf8')) as Report).join('\n'));
      return true;
    default:
      console.log(USAGE);
      return values.help;
  }
};

if (!(await run(values.help ? undefined : positionals[0]))) process.exitCode = 1;
