import { CommandError } from '../../local/ec2/commands/command.ts';
import type { World } from './world.ts';

/** What may happen to a machine, by AWS, by a human, or by itself. */
export const TROUBLES = [
  'terminate',
  'stop',
  'start',
  'power off',
  'isolate',
  'connect',
  'impair',
  'stick',
  'unstick',
] as const;
export type Trouble = (typeof TROUBLES)[number];

type Command = (id: string) => [name: string, body: Record<string, unknown>];

const COMMANDS: Readonly<Record<Exclude<Trouble, 'isolate' | 'connect'>, Command>> = {
  terminate: (id) => ['terminate-instance', { id }],
  stop: (id) => ['stop-instance', { id }],
  start: (id) => ['start-instance', { id }],
  'power off': (id) => ['power-off', { id }],
  impair: (id) => ['impair', { id }],
  stick: (id) => ['stick', { id, stuck: true }],
  unstick: (id) => ['stick', { id, stuck: false }],
};

/** Troubles the youngest machine of the object, which may be one that was replaced. */
export const trouble = (world: World, objectName: string, what: Trouble): void => {
  const id = world.instancesOf(world.api.read(objectName)?.metadata.uid ?? '').at(-1)?.id;
  if (id === undefined) return;
  if (what === 'isolate' || what === 'connect') {
    world.isolate(id, what === 'isolate');
    return;
  }
  try {
    world.command(...COMMANDS[what](id));
  } catch (error) {
    // What is not possible in the state the machine is in does not happen.
    if (!(error instanceof CommandError)) throw error;
  }
};
