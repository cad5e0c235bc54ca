import type { QuestDB } from '../api/generated/questdb.ts';
import { API_VERSION } from '../api/labels.ts';
import type { CustomizeRequest, CustomizeResponse } from '../metacontroller/contract.ts';

/** The class of the instances, for its zones. */
export const customize = ({ parent }: CustomizeRequest<QuestDB>): CustomizeResponse => ({
  relatedResources:
    parent.spec.node === undefined
      ? []
      : [{ apiVersion: API_VERSION, resource: 'questdbnodeclasses', names: [parent.spec.node.className] }],
});
