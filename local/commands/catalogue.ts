import { aws } from './aws.ts';
import type { Command } from './command.ts';
import { down } from './down.ts';
import { logs } from './logs.ts';
import { partCommands } from './parts.ts';
import { quickstart } from './quickstart.ts';
import { status } from './status.ts';
import { build, up } from './up.ts';

export type { Command };

/** Every command, in the order of the help page. */
export const COMMANDS: readonly Command[] = [quickstart, up, down, status, logs, aws, ...partCommands, build];
