import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import { OWNER_UID } from '../api/labels.ts';
import { Refusal, RetryLater } from '../metacontroller/errors.ts';
import { isEnding, type Observed } from './observe.ts';
import type { NodePorts } from './ports.ts';
import { missingTags, type Tags } from './tags.ts';

/**
 * Puts the tags of the spec on the instance, as far as they are not there; in a steady state EC2 is not asked. Answers why EC2 refused, if
 * it did: tags are no reason to hold anything up.
 */
export const keepTags = async (ports: NodePorts, { parent, instance }: Observed): Promise<string | undefined> => {
  if (instance === undefined || isEnding(instance.state) || isEmpty(missingTags(parent, instance))) return undefined;
  try {
    await retag(ports, parent, instance.instanceId);
    return undefined;
  } catch (error) {
    if (error instanceof RetryLater) return undefined;
    if (error instanceof Refusal) return error.message;
    throw error;
  }
};

/** What the shared reading shows may be old, so the instance is read anew. */
const retag = async ({ compute }: NodePorts, parent: QuestDBNode, instanceId: string): Promise<void> => {
  const fresh = await compute.describe(instanceId);
  // An instance that does not carry this object's uid is not its to tag, whatever the status says.
  if (fresh === undefined || isEnding(fresh.state) || fresh.tags[OWNER_UID] !== parent.metadata.uid) return;
  const missing = missingTags(parent, fresh);
  if (!isEmpty(missing)) await compute.tag(instanceId, missing);
};

const isEmpty = (tags: Tags): boolean => Object.keys(tags).length === 0;
