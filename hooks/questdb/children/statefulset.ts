import type { V1StatefulSet } from '@kubernetes/client-node';
import type { QuestDB } from '../../api/generated/questdb.ts';
import { selectorLabels, TEMPLATE_REVISION } from '../../api/labels.ts';
import { headlessServiceName, statefulSetName } from '../../api/names.ts';
import type { Wire } from '../../api/wire.ts';
import type { DesiredObject } from '../../metacontroller/contract.ts';
import type { PodInput } from '../pod-input.ts';
import { childMetadata } from './metadata.ts';
import { templateFor, type Revised } from './template-revisions.ts';

type Desired = DesiredObject & Wire<V1StatefulSet>;

/** `current` is the StatefulSet that is there: a pod it was made for by an older release is not restarted by this one. */
type Options = { current?: Revised | undefined; replicas?: number };

/** The one pod of the database, or none while it is on its way between instances. Its volume is a claim by name, never a claim template: the data is nobody's child. */
export const statefulSet = (database: QuestDB, input: PodInput, { current, replicas = 1 }: Options = {}): Desired => {
  const { name } = database.metadata;
  const metadata = childMetadata(name, statefulSetName(name));
  const { revision, template } = templateFor(database, input, current);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...metadata, annotations: { [TEMPLATE_REVISION]: revision } },
    spec: {
      // An ordered StatefulSet never replaces a pod that is not Ready: a lost machine or a bad image would stay for ever.
      podManagementPolicy: 'Parallel',
      replicas,
      revisionHistoryLimit: 2,
      serviceName: headlessServiceName(name),
      selector: { matchLabels: selectorLabels(name) },
      template,
    },
  };
};
