import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Settings } from '../settings.ts';
import { exitText, type Component } from './component.ts';
import { controlSocket, createControlServer, type Control } from './control.ts';
import { identify } from './identity.ts';
import { createPart, type Part } from './part.ts';

const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);

/** Highest tier first; the parts of one tier at once. */
const stopAll = async (parts: Part[]): Promise<void> => {
  const tiers = [...new Set(parts.map((part) => part.component.tier))].sort((a, b) => b - a);
  for (const tier of tiers) {
    const members = parts.filter((part) => part.component.tier === tier);
    await Promise.all(members.map((part) => part.stop()));
  }
};

const controlOf = (parts: Part[], choices: Record<string, string>): Control => {
  const find = (name: string): Part => {
    const part = parts.find(({ component }) => component.name === name);
    if (part !== undefined) return part;
    const names = parts.map(({ component }) => component.name).join(', ');
    throw new Error(`there is no part "${name}"; the parts are ${names}`);
  };
  return {
    status: async (names) => {
      const asked = names === undefined ? parts : names.map(find);
      return { parts: await Promise.all(asked.map((part) => part.status())), choices };
    },
    act: async (name, action) => {
      const part = find(name);
      log(`${action} ${name}`);
      if (action === 'kill') part.kill();
      if (action === 'stop' || action === 'restart') await part.stop();
      if (action === 'start' || action === 'restart') part.start();
    },
  };
};

/**
 * Runs the parts of a cluster until SIGTERM: starts none by itself (the boot decides the order through the control
 * socket), starts a crashed one again, and stops them all, in reverse, before it ends.
 */
export const supervise = (settings: Settings, components: Component[], choices: Record<string, string>): void => {
  const { logs, pids } = settings.paths;
  const socket = controlSocket(settings);
  for (const directory of [logs, pids, dirname(socket)]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const place = { stateDir: settings.stateDir, logs, pids };
  const parts = components.map((component) =>
    createPart(component, place, (exit) => log(`${component.name} ${exitText(exit)}; it will be started again`)),
  );

  const server = createControlServer(controlOf(parts, choices));
  rmSync(socket, { force: true });
  server.listen(socket, () => {
    chmodSync(socket, 0o600);
    writeFileSync(join(pids, 'supervisor.json'), JSON.stringify(identify(process.pid)));
    log(`supervising ${parts.length} parts`);
  });

  const end = async (): Promise<void> => {
    log('stopping');
    server.close();
    server.closeAllConnections();
    await stopAll(parts);
    rmSync(join(pids, 'supervisor.json'), { force: true });
    log('stopped');
    process.exit(0);
  };
  let ending: Promise<void> | undefined;
  process.on('SIGTERM', () => void (ending ??= end()));
};
