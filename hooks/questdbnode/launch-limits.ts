import type { LaunchIntent } from './memory.ts';
import type { Refusal } from './steps.ts';
import { MOST_TAGS } from './tags.ts';

/** EC2's limit, before base64. */
const MOST_USER_DATA_BYTES = 16 * 1024;

/** Why EC2 would not take a launch, whatever it has; undefined when it may. */
export const limitBroken = ({ userData, tags }: LaunchIntent): Refusal | undefined => {
  const bytes = Buffer.byteLength(userData);
  if (bytes > MOST_USER_DATA_BYTES) {
    return {
      reason: 'UserDataTooLarge',
      message: `The user data would be ${bytes} bytes; EC2 takes ${MOST_USER_DATA_BYTES}. Shorten spec.cluster.certificateAuthority of the QuestDBNodeClass: one certificate is enough.`,
    };
  }
  const count = Object.keys(tags ?? {}).length;
  return count > MOST_TAGS
    ? {
        reason: 'TooManyTags',
        message: `The instance would have ${count} tags; EC2 takes ${MOST_TAGS}. Drop some from the QuestDBNodeClass or from spec.node.tags of the QuestDB.`,
      }
    : undefined;
};
