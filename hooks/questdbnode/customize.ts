import { API_VERSION, NODE } from '../api/labels.ts';
import type { QuestDBNode } from '../api/generated/questdbnode.ts';
import type { CustomizeRequest, CustomizeResponse } from '../metacontroller/contract.ts';

/** The class, and the Nodes that joined for this very object. */
export const customize = ({ parent }: CustomizeRequest<QuestDBNode>): CustomizeResponse => ({
  relatedResources: [
    { apiVersion: API_VERSION, resource: 'questdbnodeclasses', names: [parent.spec.className] },
    { apiVersion: 'v1', resource: 'nodes', labelSelector: { matchLabels: { [NODE]: parent.metadata.uid } } },
  ],
});
