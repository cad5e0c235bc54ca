import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommandBody } from './commands/command.ts';
import { runCommand } from './commands/table.ts';
import { violationsIn } from './invariants.ts';
import { requestListener } from './server.ts';
import { DEFAULT_SETTINGS, type Ec2Settings } from './settings.ts';
import { createSimulation, type Simulation } from './simulation.ts';
import { fileStore, memoryStore, type Store } from './store.ts';

export type SimulatorOptions = {
  /** Decides every id, order and page size; the same seed and the same calls give the same account. */
  seed?: number;
  /** 0, the default, takes a free port. */
  port?: number;
  /** Where state.json and journal.jsonl are; without it nothing is kept. */
  folder?: string;
  settings?: Partial<Ec2Settings>;
};

export type Simulator = {
  url: string;
  /** The account itself, for tests in the same process. */
  model: Simulation;
  /** The same as `POST /_simulator/commands/<name>`. */
  command(name: string, body?: CommandBody): unknown;
  /** Moves the virtual clock. */
  advance(seconds: number): void;
  /** What the journal shows that must never happen. */
  violations(): string[];
  close(): Promise<void>;
};

const SAVE_AFTER_MS = 50;
/** An account of a thousand machines takes its time to be written down: no more than a twentieth of all of it. */
const PAUSE_PER_SAVE = 20;

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

/** Time goes on at its normal speed while the process is down. */
const load = (store: Store, options: SimulatorOptions): Simulation => {
  const { saved, journal } = store.load();
  const initialSettings = { ...DEFAULT_SETTINGS, ...options.settings };
  return createSimulation({
    seed: options.seed ?? 1,
    settings: { ...initialSettings, ...saved?.settings },
    initialSettings,
    now: saved ? saved.now + Math.max(0, Date.now() - saved.savedAt) : Date.now(),
    account: saved?.account,
    journal,
    writeJournal: (entry) => {
      if (entry) store.appendJournal(entry);
      else store.clearJournal();
    },
  });
};

/** Saves shortly after a change, later the longer that takes, and at once when told to. */
const autosave = (simulation: Simulation, store: Store) => {
  let timer: NodeJS.Timeout | undefined;
  let savedChanges = simulation.changes;
  let tookMs = 0;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    savedChanges = simulation.changes;
    const began = performance.now();
    store.save({
      version: 1,
      now: simulation.clock.now(),
      savedAt: Date.now(),
      settings: simulation.settings,
      account: simulation.account,
    });
    tookMs = performance.now() - began;
  };
  const answered = (): void => {
    if (simulation.changes !== savedChanges)
      timer ??= setTimeout(flush, Math.max(SAVE_AFTER_MS, tookMs * PAUSE_PER_SAVE));
  };
  return { flush, answered };
};

/** Starts the simulated EC2 on 127.0.0.1. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const store = options.folder === undefined ? memoryStore() : fileStore(options.folder);
  const simulation = load(store, options);
  const saving = autosave(simulation, store);
  const server = createServer(requestListener(simulation, saving.answered));
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    model: simulation,
    command: (name, body = {}) => {
      const answer = runCommand(simulation, name, body);
      saving.answered();
      return answer;
    },
    advance: (seconds) => void runCommand(simulation, 'advance', { seconds }),
    violations: () => {
      simulation.present(() => undefined);
      return violationsIn(simulation.journal.entries);
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      saving.flush();
    },
  };
};
