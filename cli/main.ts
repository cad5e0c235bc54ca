#!/usr/bin/env node
import { createKubeApi } from '../hooks/cluster/kube-api.ts';
import { readArguments, USAGE } from './arguments.ts';
import { runCommand } from './commands.ts';
import { UserError } from './user-error.ts';

/** Nothing is said of these but what the user can mend. */
const CANNOT_TELL = 2;

try {
  const { text, exitCode } = await runCommand(readArguments(process.argv.slice(2)), createKubeApi);
  process.stdout.write(`${text}\n`);
  process.exitCode = exitCode;
} catch (error) {
  const isUsers = error instanceof UserError;
  process.stderr.write(`${isUsers ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  if (isUsers && process.argv.length < 4) process.stderr.write(`\n${USAGE}\n`);
  process.exitCode = CANNOT_TELL;
}
