import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { KindHooks } from '../metacontroller/contract.ts';
import { customize } from './customize.ts';
import { finalizeNode } from './finalize.ts';
import type { NodePorts } from './ports.ts';
import { syncNode } from './sync.ts';

/** The three hooks of QuestDBNode. */
export const nodeHooks = (ports: NodePorts): KindHooks<QuestDBNode> => ({
  customize,
  sync: syncNode(ports),
  finalize: finalizeNode(ports),
});
