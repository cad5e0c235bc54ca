import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { namespaceOf } from '../api/kinds.ts';
import { DATABASE } from '../api/labels.ts';
import type { CustomizeRequest, CustomizeResponse } from '../metacontroller/contract.ts';

/** The claims with the database's label, and the StorageClass. A claim without the label yet is read live. */
export const customize = ({ parent }: CustomizeRequest<QuestDBVolume>): CustomizeResponse => ({
  relatedResources: [
    {
      apiVersion: 'v1',
      resource: 'persistentvolumeclaims',
      namespace: namespaceOf(parent),
      labelSelector: { matchLabels: { [DATABASE]: parent.spec.databaseName } },
    },
    { apiVersion: 'storage.k8s.io/v1', resource: 'storageclasses', names: [parent.spec.storageClassName] },
  ],
});
