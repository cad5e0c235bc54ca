import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { DEFAULT_PORTS, type Ports, type Settings } from '../settings.ts';

/** Below Linux' ephemeral range (32768 on), so that no outgoing connection takes a port while its part restarts. */
const FIRST = 20_000;
const LAST = 32_000;

/** True when a server can listen on 127.0.0.1 at that port now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

const freePorts = async (count: number): Promise<number[]> => {
  const found: number[] = [];
  const start = FIRST + Math.floor(Math.random() * (LAST - FIRST));
  for (let step = 0; found.length < count && step < LAST - FIRST; step++) {
    const port = FIRST + ((start - FIRST + step) % (LAST - FIRST));
    if (await isFree(port)) found.push(port);
  }
  return found;
};

/** Gives a cluster that is not the default one ports of its own and remembers them. */
export const assignPorts = async (settings: Settings): Promise<void> => {
  if (existsSync(settings.paths.portsFile)) return;
  const names = Object.keys(DEFAULT_PORTS);
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, free[index]]));
  mkdirSync(settings.stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(settings.paths.portsFile, `${JSON.stringify(ports, undefined, 2)}\n`);
};

/** Socket inodes of the listeners on a port, from /proc/net/tcp (proc_net(5): 0A is LISTEN, addresses are hex). */
const listenersOn = (port: number): string[] =>
  ['/proc/net/tcp', '/proc/net/tcp6']
    .filter((path) => existsSync(path))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
    .flatMap((fields) => fields[9] ?? []);

/** What an fd points at; undefined when it was closed meanwhile. */
const targetOf = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

const descriptorsOf = (pid: string): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
  } catch {
    return [];
  }
};

const holdsSocket = (pid: string, inodes: string[]): boolean => {
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  return descriptorsOf(pid).some((path) => sockets.has(targetOf(path) ?? ''));
};

/** The program that listens on a port, for an error message; undefined when it belongs to another user. */
const ownerOf = (port: number): string | undefined => {
  const inodes = listenersOn(port);
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holdsSocket(name, inodes));
  if (pid === undefined) return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  return `process ${pid}: ${command.slice(0, 100)}`;
};

/** Throws, naming each port that is taken, who has it and what to do. */
export const requireFreePorts = async (ports: Ports): Promise<void> => {
  const entries = Object.entries(ports);
  const free = await Promise.all(entries.map(([, port]) => isFree(port)));
  const taken = entries.filter((_entry, index) => free[index] === false);
  if (taken.length === 0) return;
  const lines = taken.map(([name, port]) => {
    const owner = ownerOf(port);
    return `  port ${port} (${name}) is in use${owner === undefined ? '' : ` by ${owner}`}`;
  });
  throw new Error(
    [
      'The local cluster needs ports on 127.0.0.1 that are taken:',
      ...lines,
      'Stop what uses them, or start a cluster with ports of its own: npm run local -- up --state-dir DIR',
    ].join('\n'),
  );
};
