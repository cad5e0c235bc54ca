import { parseArgs } from 'node:util';
import { runMoveBench } from './move/bench.ts';

const USAGE = `npm run bench -- move [--moves N]

move   how long a database is away when it moves to another instance by SurgeFirst, beside the floor: its pod
       moved by hand between two Nodes that are already there. Boots a local cluster of its own.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { moves: { type: 'string', default: '5' }, help: { type: 'boolean', short: 'h' } },
});

const moves = Number(values.moves);
if (values.help === true || positionals.join(' ') !== 'move' || !Number.isInteger(moves) || moves < 1) {
  console.log(USAGE);
  process.exitCode = values.help === true ? 0 : 1;
} else {
  await runMoveBench(moves);
}
