import type { FleetFigures } from './fleet/bench.ts';
import { cpuSecondsOf, peakMiBOf, totalCpuSeconds, type UsageByPart } from './fleet/usage.ts';
import type { HookFigures } from './hook/bench.ts';
import { sum } from './figures.ts';

/** What a run measured, with what it depends on. */
export type Report = { machine: string; at: string; hook: HookFigures[]; fleets: FleetFigures[] };

const digits = (value: number, places = 1): string => value.toFixed(places);

/** One line for each size of a request. */
export const hookLines = (figures: readonly HookFigures[]): string[] =>
  figures.map(
    ({ kilobytes, hooks, bare, ratio, spread, memoryMiB }) =>
      `sync of ${kilobytes} KB: p50 ${hooks.p50} ms, p99 ${hooks.p99} ms, ${digits(hooks.perSecond, 0)}/s; bare ${bare.p50} ms, ${bare.p99} ms, ` +
      `${digits(bare.perSecond, 0)}/s; p99 ratio ${digits(ratio.p99, 2)} (${digits(spread.least, 2)} to ${digits(spread.most, 2)}); peak ${memoryMiB.hooks} MiB`,
  );

/** Some lines for each size of a fleet. */
export const fleetLines = (figures: readonly FleetFigures[]): string[] => figures.flatMap(linesOf);

const linesOf = ({
  databases,
  throttling,
  metacontroller,
  created,
  floor,
  ratio,
  ratios,
  idle,
  changed,
}: FleetFigures): string[] => {
  const limits = `${metacontroller === 'real' ? ', real Metacontroller' : ''}${throttling ? ', EC2 with its limits' : ''}`;
  const floorText =
    floor === undefined || ratio === undefined
      ? 'floor not run'
      : `floor ${digits(floor.seconds)} s, ratio ${digits(ratio, 2)}${spreadOf(ratios)}`;
  const calls = created.callsUntilReady;
  return [
    `${databases} databases${limits}: all Ready after ${digits(created.seconds)} s, ${floorText}; one: p50 ${digits(created.perDatabase.p50)} s, p99 ${digits(created.perDatabase.p99)} s`,
    `  ${digits(created.requestsPerDatabase)} API requests a database (${digits(created.writesPerDatabase)} writes), ${digits(sum(created.ec2Calls) / databases)} of EC2, ${calls === undefined ? '?' : calls.median} QuestDB syncs (${calls?.least ?? '?'} to ${calls?.most ?? '?'})`,
    `  ${usageLine(created.usage)}`,
    `  CPU in all ${digits(totalCpuSeconds(created.usage))} s, of the floor ${floor === undefined ? '?' : digits(totalCpuSeconds(floor.usage))} s`,
    `  idle: ${digits(idle.requestsPerDatabaseAndHour, 0)} API requests a database and hour, writes ${sum(idle.writes)}`,
    ...(changed === undefined ? [] : [changedLine(changed)]),
  ];
};

const spreadOf = (ratios: readonly number[]): string =>
  ratios.length < 2
    ? ''
    : ` (${digits(Math.min(...ratios), 2)} to ${digits(Math.max(...ratios), 2)} in ${ratios.length} rounds)`;

const usageLine = (usage: UsageByPart): string =>
  ['hooks', 'metacontroller', 'kube-apiserver']
    .map((part) => `${part} ${digits(cpuSecondsOf(usage, part))} s of CPU, peak ${peakMiBOf(usage, part)} MiB`)
    .join('; ');

const changedLine = ({ config, image, restart, loss }: NonNullable<FleetFigures['changed']>): string =>
  `  config on all ${digits(config.seconds)} s (floor ${digits(config.floorSeconds)} s, ratio ${digits(config.ratio, 2)}), image ${digits(image.seconds)} s, hooks ready ${digits(restart.hooksSeconds)} s after their start, restart until quiet ${digits(restart.quietSeconds)} s, ${loss.lost} machines lost ${digits(loss.seconds)} s`;
