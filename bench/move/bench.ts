import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, stopCluster } from '../../local/processes/cluster.ts';
import { inSeconds, machine, median } from '../figures.ts';
import { benchDatabase, type BenchDatabase } from './database.ts';
import { measureFloor } from './floor.ts';

const TYPES = ['r6i.large', 'm6i.large'] as const;

/** The gaps of so many changes of the instance type, to and fro, by SurgeFirst. */
const measureSurges = async (database: BenchDatabase, moves: number): Promise<number[]> => {
  const gaps: number[] = [];
  for (let move = 0; move < moves; move += 1) {
    gaps.push(await database.gapDuring(() => database.moveTo(TYPES[(move + 1) % 2] ?? TYPES[0])));
    console.log(`  surge ${move + 1} of ${moves}: away for ${gaps.at(-1) ?? 0} ms`);
  }
  return gaps;
};

/** Measures on a local cluster of its own, with a real QuestDB, and prints the figures and their ratio. */
export const runMoveBench = async (moves: number): Promise<void> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'questdb-fleet-bench-'));
  try {
    const settings = await startCluster({ stateDir });
    const database = benchDatabase(settings);
    await database.moveTo(TYPES[0]);
    const surges = await measureSurges(database, moves);
    const floor = await measureFloor(settings, database, moves);
    console.log(
      [
        machine(),
        `away during a move by SurgeFirst:           ${inSeconds(surges)}`,
        `away during a move by hand between 2 Nodes: ${inSeconds(floor)}`,
        `ratio of the medians: ${(median(surges) / median(floor)).toFixed(2)}, ${moves} moves each in one run`,
      ].join('\n'),
    );
  } finally {
    await stopCluster({ stateDir, remove: true });
    rmSync(stateDir, { recursive: true, force: true });
  }
};
