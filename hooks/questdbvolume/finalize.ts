import { fails, rfc3339, transition, type Finding } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { generationOf, namespaceOf } from '../api/kinds.ts';
import { layoutIn } from '../api/layout.ts';
import { RETAINED, RETAINED_SINCE, type Identity } from '../api/labels.ts';
import type { FinalizeResponse, SyncRequest } from '../metacontroller/contract.ts';
import { assertCurrent, assertDying } from '../metacontroller/live-parent.ts';
import { refusable } from '../metacontroller/refusable.ts';
import { deleteData } from './delete-data.ts';
import { isReleased, planFarewell, type Farewell, type Leaving } from './farewell.ts';
import { chosenClaim, identityOf } from './observe.ts';
import type { Claim, VolumePorts } from './ports.ts';
import { isSecure, secure } from './secure.ts';
import type { VolumeStatus } from './status.ts';

/** Lets a QuestDBVolume go. The data is kept, and marked so that it can be listed, unless its QuestDB asks for the deletion and that is confirmed. */
export const finalizeVolume =
  (ports: VolumePorts) =>
  async (request: SyncRequest<QuestDBVolume>): Promise<FinalizeResponse<VolumeStatus>> => {
    const live = await ports.cluster.readParent(namespaceOf(request.parent), request.parent.metadata.name);
    const parent = assertDying(assertCurrent(request.parent, live));
    const refused = { finalized: false };
    const answer = await refusable(parent, ports.now, async () => {
      const leaving = await gather(ports, parent);
      const farewell = planFarewell(leaving);
      await carryOut(ports, leaving, farewell);
      const isOver = farewell.step === 'Retain' || farewell.step === 'Deleted';
      return {
        status: farewellStatus(parent, farewell, ports.now()),
        children: [],
        finalized: isOver,
        ...(isOver ? {} : { resyncAfterSeconds: POLL_SECONDS }),
      };
    });
    return { ...refused, ...answer };
  };

const POLL_SECONDS = 2;

const gather = async ({ cluster, storage }: VolumePorts, parent: QuestDBVolume): Promise<Leaving> => {
  const identity = identityOf(parent);
  const claims = await cluster.claimsOf(identity);
  const claim = chosenClaim(parent, claims);
  const volumeName = claim?.spec?.volumeName;
  const persistentVolumes = claims.length === 0 ? await cluster.persistentVolumesOf(identity) : [];
  const isNothingLeft = claims.length === 0 && persistentVolumes.length === 0;
  const volumeId = parent.status?.volumeId;
  return {
    parent,
    identity,
    database: await cluster.readDatabase(identity),
    claims,
    persistentVolume: volumeName === undefined ? undefined : await cluster.readPersistentVolume(volumeName),
    persistentVolumes,
    pods: claim === undefined ? [] : await cluster.podsUsing(identity.namespace, claim.metadata.name),
    left: isNothingLeft && volumeId !== undefined ? await storage.describe(volumeId) : undefined,
  };
};

const carryOut = async (ports: VolumePorts, leaving: Leaving, farewell: Farewell): Promise<void> => {
  if (farewell.step !== 'Retain') return deleteData(ports, leaving, farewell);
  const { claim, because } = farewell;
  if (because !== undefined) {
    const message = `The deletion of the data was asked for and is not done: ${because}. It is kept.`;
    await ports.cluster.record(leaving.parent, 'Warning', 'DataKept', message);
  }
  if (claim !== undefined) await markRetained(ports, leaving, claim);
};

/** The volume is made to outlive its claim first: the namespace may be going, and the claim with it. */
const markRetained = async (ports: VolumePorts, { parent, identity }: Leaving, claim: Claim): Promise<void> => {
  const { cluster, now } = ports;
  await secureVolumeOf(ports, identity, claim);
  if (claim.metadata.labels?.[RETAINED] !== undefined) return;
  await cluster.changeClaim(claim, {
    labels: { [RETAINED]: 'true' },
    annotations: { [RETAINED_SINCE]: rfc3339(now()) },
  });
  await cluster.record(parent, 'Normal', 'DataRetained', `Claim ${claim.metadata.name} and its volume are kept.`);
};

/** What was confirmed before goes on by itself. */
const secureVolumeOf = async (ports: VolumePorts, identity: Identity, { spec, metadata }: Claim): Promise<void> => {
  const volume = spec?.volumeName === undefined ? undefined : await ports.cluster.readPersistentVolume(spec.volumeName);
  if (volume === undefined || volume.spec?.claimRef?.uid !== metadata.uid || isReleased(volume)) return;
  const secured = { identity, layout: layoutIn(metadata.annotations) };
  if (!isSecure(secured, volume)) await secure(ports, secured, volume);
};

const farewellStatus = (parent: QuestDBVolume, farewell: Farewell, now: Date): VolumeStatus => {
  const { conditions: previous, ...kept } = parent.status ?? {};
  const ready = farewellFinding(farewell);
  return { ...kept, conditions: transition({ Ready: ready }, { previous, generation: generationOf(parent), now }) };
};

const farewellFinding = (farewell: Farewell): Finding => {
  switch (farewell.step) {
    case 'Retain':
      return fails('Retained', 'The claim and its volume are kept.');
    case 'Release':
    case 'DeleteClaim':
      return fails(
        'DeletingData',
        `Claim ${farewell.claim.metadata.name} and its volume are being deleted, as confirmed.`,
      );
    case 'AwaitDeletion':
      return fails('DeletingData', farewell.message);
    case 'Deleted':
      return fails('DataDeleted', 'The claim and its volume are deleted, as confirmed.');
  }
};
