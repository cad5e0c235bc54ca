import { CreateTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { orRetryLater } from './errors.ts';

/** Puts tags on an instance or a volume, or gives those that are there another value; all others stay. */
export const createTags = async (
  client: EC2Client,
  resourceId: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> =>
  orRetryLater('CreateTags', async () => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await client.send(new CreateTagsCommand({ Resources: [resourceId], Tags }));
  });
