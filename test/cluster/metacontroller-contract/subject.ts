import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parseLag } from '../../../local/metacontroller/lag.ts';
import { startMetacontroller, type ApplyStrategy } from '../../../local/metacontroller/metacontroller.ts';
import type { Settings } from '../../../local/settings.ts';

/** The program the contract is held against. */
export type Subject = { name: string; restart: () => Promise<void>; stop: () => Promise<void> };

const startReal = (binary: string, settings: Settings, applyStrategy: ApplyStrategy): (() => Promise<void>) => {
  const log = openSync(join(settings.stateDir, 'metacontroller.log'), 'a');
  const flags = [
    `--kubeconfig=${settings.paths.kubeconfig}`,
    ...['--client-go-qps=1000', '--client-go-burst=2000', '--discovery-interval=1s'],
    `--apply-strategy=${applyStrategy}`,
    ...['--metrics-address=0', '--health-probe-bind-address=0'],
  ];
  const child = spawn(binary, flags, { stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = once(child, 'exit');
  return async () => {
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(forced);
  };
};

const startStandIn = async (settings: Settings, applyStrategy: ApplyStrategy): Promise<() => Promise<void>> => {
  const lag = parseLag(process.env.METACONTROLLER_LAG ?? '');
  const { close } = await startMetacontroller({ kubeconfig: settings.paths.kubeconfig, lag, applyStrategy });
  return close;
};

/** The real Metacontroller where METACONTROLLER_BIN names it, else the stand-in in this process. */
export const startSubject = async (settings: Settings, applyStrategy: ApplyStrategy): Promise<Subject> => {
  const binary = process.env.METACONTROLLER_BIN;
  const start = () =>
    binary ? Promise.resolve(startReal(binary, settings, applyStrategy)) : startStandIn(settings, applyStrategy);
  let stop = await start();
  return {
    name: binary ?? 'the stand-in',
    restart: async () => {
      await stop();
      stop = await start();
    },
    stop: () => stop(),
  };
};
