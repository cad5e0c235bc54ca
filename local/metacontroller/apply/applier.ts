import type { ApiClient } from '../api-client.ts';
import type { ApiObject, DesiredChild } from '../api-object.ts';
import { controllerReference } from '../claim-children.ts';
import type { UpdateMethod } from '../composite-controller.ts';
import type { Resource } from '../resource.ts';

/** One child to bring to what the hook wants; `observed` is what the cache had before the hook was called. */
export type Application = {
  api: ApiClient;
  resource: Resource;
  method: UpdateMethod;
  parent: ApiObject;
  observed: ApiObject | undefined;
  desired: DesiredChild;
};

export type Applier = (application: Application) => Promise<void>;

/** The desired child with its parent as controller. */
export const owned = ({ parent, desired }: Pick<Application, 'parent' | 'desired'>): DesiredChild => {
  const references = desired.metadata.ownerReferences ?? [];
  if (references.some(({ uid }) => uid === parent.metadata.uid)) return desired;
  return {
    ...desired,
    metadata: { ...desired.metadata, ownerReferences: [...references, controllerReference(parent)] },
  };
};
