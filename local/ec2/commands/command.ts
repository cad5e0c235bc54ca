import type { Context } from '../context.ts';
import type { Simulation } from '../simulation.ts';

export type CommandBody = Record<string, unknown>;

/** A command that cannot be done; its message says what would be right. */
export class CommandError extends Error {}

/** One command of `POST /_simulator/commands/<name>`; what it records makes it a mutation by AWS. */
export type Command = {
  usage: string;
  run: (simulation: Simulation, context: Context, body: CommandBody) => unknown;
};

export const textOf = (body: CommandBody, name: string): string => {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new CommandError(`${name} is missing: a text`);
  return value;
};

export const numberOf = (body: CommandBody, name: string, fallback?: number): number => {
  const value = body[name] ?? fallback;
  if (typeof value !== 'number' || !(value >= 0)) throw new CommandError(`${name} is missing: a number, not negative`);
  return value;
};

export const flagOf = (body: CommandBody, name: string, fallback: boolean): boolean => {
  const value = body[name] ?? fallback;
  if (typeof value !== 'boolean') throw new CommandError(`${name} is true or false`);
  return value;
};
