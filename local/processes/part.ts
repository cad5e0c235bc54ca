import type { Component, Exit, PartStatus } from './component.ts';
import { startGroup, type Place, type ProcessGroup } from './process-group.ts';

const FIRST_BACK_OFF = 500;
const LONGEST_BACK_OFF = 30_000;
/** A part that ran this long starts with the shortest back-off again. */
const STEADY = 60_000;

/** One supervised part: started again with a growing back-off when it ends by itself. */
export type Part = {
  component: Component;
  start: () => void;
  /** Ends the process group and keeps it ended. */
  stop: () => Promise<void>;
  /** SIGKILL, as a crash would: it starts again. */
  kill: () => void;
  status: () => Promise<PartStatus>;
};

/** Makes a part; nothing runs before `start`. */
export const createPart = (component: Component, place: Place, onExit: (exit: Exit) => void): Part => {
  let wanted = false;
  let group: ProcessGroup | undefined;
  let served = false;
  let restarts = 0;
  let backOff = FIRST_BACK_OFF;
  let lastExit: Exit | undefined;
  let timer: NodeJS.Timeout | undefined;

  const ended = (run: ProcessGroup, exit: Exit): void => {
    group = undefined;
    lastExit = exit;
    if (!wanted) return;
    onExit(exit);
    if (Date.now() - run.startedAt > STEADY) backOff = FIRST_BACK_OFF;
    timer = setTimeout(() => {
      restarts += 1;
      launch();
    }, backOff);
    backOff = Math.min(backOff * 2, LONGEST_BACK_OFF);
  };

  const launch = (): void => {
    served = false;
    const run = startGroup(component, place);
    group = run;
    void run.ended.then((exit) => ended(run, exit));
  };

  const state = async (): Promise<PartStatus['state']> => {
    if (group === undefined) return wanted ? 'crashed' : 'stopped';
    const healthy = await component.healthy();
    served ||= healthy;
    if (healthy) return 'running';
    return served ? 'unhealthy' : 'starting';
  };

  return {
    component,
    start: () => {
      if (wanted) return;
      wanted = true;
      backOff = FIRST_BACK_OFF;
      launch();
    },
    stop: async () => {
      wanted = false;
      clearTimeout(timer);
      await group?.terminate();
    },
    kill: () => group?.kill(),
    status: async () => ({
      name: component.name,
      state: await state(),
      restarts,
      ...(group?.pid === undefined ? {} : { pid: group.pid, since: new Date(group.startedAt).toISOString() }),
      ...(lastExit === undefined ? {} : { lastExit }),
    }),
  };
};
