import type { V1PodTemplateSpec, V1StatefulSet } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { selectorLabels, TEMPLATE_HASH, TEMPLATE_REVISION } from '../../api/labels.ts';
import { headlessServiceName, shortHash, statefulSetName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import { childMetadata } from './metadata.ts';
import type { PodInput } from '../pod-input.ts';
import { podTemplate } from './pod-template.ts';

type StatefulSet = DesiredObject & Wire<V1StatefulSet>;

/** The renderer of the pod template; a new release keeps the old ones, so that it restarts no database. */
const REVISION = '1';

/** The one pod of the database, or none while it is on its way between instances. Its volume is a claim by name, never a claim template: the data is nobody's child. */
export const statefulSet = (database: QuestDB, input: PodInput, replicas = 1): StatefulSet => {
  const { name } = database.metadata;
  const metadata = childMetadata(name, statefulSetName(name));
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...metadata, annotations: { [TEMPLATE_REVISION]: REVISION } },
    spec: {
      // An ordered StatefulSet never replaces a pod that is not Ready: a lost machine or a bad image would stay for ever.
      podManagementPolicy: 'Parallel',
      replicas,
      revisionHistoryLimit: 2,
      serviceName: headlessServiceName(name),
      selector: { matchLabels: selectorLabels(name) },
      template: withHash(podTemplate(database, input)),
    },
  };
};

/** The hash tells later whether the template that is there is the one that is wanted, whatever defaults the API server filled in. */
const withHash = (template: Wire<V1PodTemplateSpec>): Wire<V1PodTemplateSpec> => ({
  ...template,
  metadata: {
    ...template.metadata,
    annotations: { ...template.metadata?.annotations, [TEMPLATE_HASH]: shortHash([JSON.stringify(template)]) },
  },
});
