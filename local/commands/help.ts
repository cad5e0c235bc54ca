import type { Command } from './command.ts';

/** The help page: one line a command. */
export const helpText = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return [
    'A whole QuestDB Fleet on this machine: real Kubernetes control plane, simulated EC2, real QuestDB.',
    '',
    'npm run local                                the cluster, and the database of examples/quickstart.yaml in it',
    'npm run local -- COMMAND [--state-dir DIR]   one of:',
    '',
    ...commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`),
    '',
    '--state-dir DIR is another cluster beside the usual one, with ports of its own (DIR/ports.json).',
    'AWS_ENDPOINT_URL_EC2=URL set before `up`: the hooks talk to that endpoint; no simulator, so no instance boots.',
    'METACONTROLLER_BIN=PATH: the real Metacontroller instead of the stand-in; METACONTROLLER_CRDS names its CRDs.',
  ].join('\n');
};
