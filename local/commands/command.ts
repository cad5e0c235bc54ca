import type { Settings } from '../settings.ts';

/** What a command gets: the cluster it is about, and what was typed after its name. */
export type Invocation = {
  settings: Settings;
  arguments: string[];
  flags: { delete: boolean; follow: boolean };
};

/** One word after `npm run local --`. */
export type Command = {
  name: string;
  usage: string;
  summary: string;
  /** Names of the options it takes besides --state-dir and --help. */
  options: string[];
  /** Answers the exit code; what it throws is printed as one message. */
  run: (invocation: Invocation) => Promise<number>;
};

/** Throws unless exactly these arguments were given. */
export const requireArguments = (command: { usage: string }, given: string[], count: number): void => {
  if (given.length !== count) throw new Error(`Usage: ${command.usage}`);
};
