import { fails, holds, type Finding } from '../api/conditions.ts';
import { isCordoned, isNodeReady } from './cluster-node.ts';
import { unreachableMilliseconds } from './loss.ts';
import type { Observed } from './observe.ts';
import type { Progress } from './progress.ts';

/** Asks the QuestDB to move the database to another instance, while this one still serves. */
export const disruptionOf = ({ node, impairedSince, nodeClass, now }: Observed, progress: Progress): Finding => {
  if (node !== undefined && isCordoned(node) && progress.step !== 'Relaunch') {
    return holds(
      'Cordoned',
      `Node ${node.metadata.name} is cordoned: the database is asked to move to a fresh instance.`,
    );
  }
  if (node?.metadata.deletionTimestamp !== undefined && progress.step !== 'Relaunch') {
    return holds(
      'NodeDeleting',
      `Node ${node.metadata.name} is being deleted: the database is asked to move to a fresh instance.`,
    );
  }
  const lasts =
    impairedSince !== undefined && now.getTime() - impairedSince.getTime() >= unreachableMilliseconds(nodeClass);
  return lasts && isNodeReady(node)
    ? holds(
        'InstanceImpaired',
        "The instance fails EC2's status checks while its Node is Ready: the database is asked to move to a fresh one.",
      )
    : fails('NotDisrupted', 'Nothing asks the database to move.');
};
