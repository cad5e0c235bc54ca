import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Who has an address, and where its container ports really are: `<podAddresses>/<pod ip>.json`, for the router. */
export type PodAddress = {
  namespace: string;
  name: string;
  uid: string;
  nodeName: string;
  /** Host port on 127.0.0.1 by container port. */
  ports: Record<string, number>;
};

/**
 * Below the range the system takes outgoing connections from, so that a port found free stays free until the process binds
 * it, and apart from the range the clusters' own parts take theirs from.
 */
const FIRST_PORT = 10_000;
const PORTS = 10_000;
/** The one of them that fetch refuses, and so every probe: https://fetch.spec.whatwg.org/#port-blocking */
const BLOCKED_PORT = 10_080;

/** KWOK gives its pods the addresses from 10.1.0.1 on. */
const FIRST_THIRD_OCTET = 128;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });

/** A file of this name is there while no packet reaches the machine of that Node. */
export const unreachableFile = (folder: string, nodeName: string): string => join(folder, `unreachable-${nodeName}`);

/** Gives pods their addresses, which are only text, and their containers' ports, which are real and follow `after`. One a process. */
export const addressBook = (folder: string, after = FIRST_PORT + Math.floor(Math.random() * PORTS)) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const takenPorts = new Set([BLOCKED_PORT]);
  const takenAddresses = new Set<string>();
  let next = 0;
  let cursor = after;
  const freePort = async (): Promise<number> => {
    for (let tries = 0; tries < PORTS; tries += 1) {
      cursor = cursor + 1 < FIRST_PORT + PORTS ? cursor + 1 : FIRST_PORT;
      const port = cursor;
      if (!takenPorts.has(port) && (await isFree(port))) {
        takenPorts.add(port);
        return port;
      }
    }
    throw new Error('no free port on 127.0.0.1');
  };
  return {
    /** An address nobody has. */
    takeAddress: (): string => {
      for (;;) {
        const address = `10.1.${String(FIRST_THIRD_OCTET + (Math.floor(next / 254) % 120))}.${String((next % 254) + 1)}`;
        next += 1;
        if (takenAddresses.has(address)) continue;
        takenAddresses.add(address);
        return address;
      }
    },
    takePort: freePort,
    publish: (address: string, entry: PodAddress): void => {
      writeFileSync(join(folder, `${address}.json`), JSON.stringify(entry));
    },
    /** Tells the router whether packets reach the machine of a Node. */
    setReachable: (nodeName: string, isReachable: boolean): void => {
      if (isReachable) rmSync(unreachableFile(folder, nodeName), { force: true });
      else writeFileSync(unreachableFile(folder, nodeName), '');
    },
    release: (address: string, ports: Iterable<number>): void => {
      rmSync(join(folder, `${address}.json`), { force: true });
      takenAddresses.delete(address);
      for (const port of ports) takenPorts.delete(port);
    },
  };
};

export type AddressBook = ReturnType<typeof addressBook>;
