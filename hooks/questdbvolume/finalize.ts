import { fails, rfc3339, transition } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { isDataOf, RETAINED, RETAINED_SINCE, type Identity } from '../api/labels.ts';
import type { FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import { assertCurrent, assertDying } from '../metacontroller/live-parent.ts';
import { chosenClaim, identityOf } from './observe.ts';
import type { Claim, VolumePorts } from './ports.ts';
import { isSecure, secure } from './secure.ts';
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

/** The volume is made to outlive its claim first: the namespace may be going, and the claim with it. */
const markRetained = async (ports: VolumePorts, parent: QuestDBVolume): Promise<void> => {
  const { cluster, now } = ports;
  const identity = identityOf(parent);
  const claim = chosenClaim(parent, await cluster.claimsOf(identity));
  if (claim === undefined || !isDataOf(identity, claim.metadata)) return;
  await secureVolumeOf(ports, identity, claim);
  if (claim.metadata.labels?.[RETAINED] !== undefined) return;
  await cluster.changeClaim(claim, {
    labels: { [RETAINED]: 'true' },
    annotations: { [RETAINED_SINCE]: rfc3339(now()) },
  });
  await cluster.record(parent, 'Normal', 'DataRetained', `Claim ${claim.metadata.name} and its volume are kept.`);
};

const secureVolumeOf = async (ports: VolumePorts, identity: Identity, { spec, metadata }: Claim): Promise<void> => {
  const volume = spec?.volumeName === undefined ? undefined : await ports.cluster.readPersistentVolume(spec.volumeName);
  const isItsOwn = volume?.spec?.claimRef?.uid === metadata.uid;
  if (volume !== undefined && isItsOwn && !isSecure(identity, volume)) await secure(ports, identity, volume);
};
