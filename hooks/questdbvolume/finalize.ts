import { fails, rfc3339, transition } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { isDataOf, RETAINED, RETAINED_SINCE } from '../api/labels.ts';
import type { FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import { assertCurrent, assertDying } from '../metacontroller/live-parent.ts';
import { identityOf, wantedClaimName } from './observe.ts';
import type { VolumePorts } from './ports.ts';
import type { VolumeStatus } from './status.ts';

/** Lets a QuestDBVolume go and keeps the data: the claim is marked, so that what is kept can be listed. Nothing else is touched. */
export const finalizeVolume =
  (ports: VolumePorts) =>
  async (request: SyncRequest<QuestDBVolume>): Promise<FinalizeResponse<VolumeStatus>> => {
    const live = await ports.cluster.readParent(namespaceOf(request.parent), request.parent.metadata.name);
    const parent = assertDying(assertCurrent(request.parent, live));
    await markRetained(ports, parent);
    const { conditions: previous, ...kept } = parent.status ?? {};
    const ready = fails('Retained', 'The claim and its volume are kept.');
    return {
      status: {
        ...kept,
        conditions: transition({ Ready: ready }, { previous, generation: generationOf(parent), now: ports.now() }),
      },
      children: [],
      finalized: true,
    };
  };

const markRetained = async ({ cluster, now }: VolumePorts, parent: QuestDBVolume): Promise<void> => {
  const identity = identityOf(parent);
  const claim = await cluster.readClaim(identity.namespace, wantedClaimName(parent));
  if (claim === undefined || !isDataOf(identity, claim.metadata)) return;
  if (claim.metadata.labels?.[RETAINED] !== undefined) return;
  await cluster.changeClaim(claim, {
    labels: { [RETAINED]: 'true' },
    annotations: { [RETAINED_SINCE]: rfc3339(now()) },
  });
  await cluster.record(parent, 'Normal', 'DataRetained', `Claim ${claim.metadata.name} and its volume are kept.`);
};
