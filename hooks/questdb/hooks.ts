import type { QuestDB } from '../api/generated/questdb.ts';
import type { KindHooks } from '../metacontroller/contract.ts';
import { customize } from './customize.ts';
import { finalizeDatabase } from './finalize.ts';
import type { DatabasePorts } from './ports.ts';
import { syncDatabase } from './sync.ts';

/** The three hooks of QuestDB. */
export const databaseHooks = (ports: DatabasePorts): KindHooks<QuestDB> => ({
  customize,
  sync: syncDatabase(ports),
  finalize: finalizeDatabase(ports),
});
