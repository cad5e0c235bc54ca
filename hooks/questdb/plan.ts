import { conditionOf } from '../api/conditions.ts';
import type { QuestDBVolume } from '../api/generated/questdbvolume.ts';
import { nextConfigRevision } from './config-findings.ts';
import { refusedCredentials } from './credentials.ts';
import { engineOf } from './engine.ts';
import { hasSpoken, type Observed } from './observe.ts';
import type { PodSources } from './pod-input.ts';
import { planReplacement } from './replace.ts';
import type { DatabasePlan } from './steps.ts';
import { planSuspension } from './suspend.ts';
import { refusedVersion } from './upgrade.ts';
import { wishOf } from './wish.ts';
import type { WantedInstance } from './zones.ts';

/** Decides the next step of one database. */
export const planNext = (observed: Observed): DatabasePlan => {
  const { volume, credentials, database } = observed;
  const suspension = planSuspension(observed);
  if (suspension !== undefined) return suspension;
  const claimName = volume === undefined ? undefined : usableClaim(volume);
  if (claimName === undefined) return awaitVolume(volume);
  if (credentials.state !== 'Found') return refusedCredentials(database, credentials);
  const refusal = refusedVersion(database);
  if (refusal !== undefined) return refusal;
  return planPod(observed, {
    engine: engineOf(database.spec),
    claimName,
    credentials: credentials.credentials,
    configRevision: nextConfigRevision(observed),
    ...layoutOf(volume),
  });
};

const layoutOf = (volume: QuestDBVolume | undefined): Pick<PodSources, 'layout'> =>
  volume?.status?.layout === undefined ? {} : { layout: volume.status.layout };

const planPod = (observed: Observed, sources: PodSources): DatabasePlan => {
  const wanted = observed.database.spec.node;
  return wanted === undefined
    ? { step: 'Serve', target: undefined, placement: { on: 'AnyNode' }, ...sources }
    : planOnOwnNode(observed, wanted, sources);
};

/** The claim a pod may mount: named by the volume's hook, and not in doubt. One whose growth waits for a human is bound all the same. */
export const usableClaim = ({ status }: QuestDBVolume): string | undefined => {
  const [isStalled, isResizing] = ['Stalled', 'Resizing'].map(
    (type) => conditionOf(status?.conditions, type)?.status === 'True',
  );
  return isStalled === true && isResizing !== true ? undefined : status?.claimName;
};

const planOnOwnNode = (observed: Observed, wanted: WantedInstance, sources: PodSources): DatabasePlan => {
  const wish = wishOf(observed, wanted);
  return 'step' in wish ? wish : planReplacement(observed, wish, wanted, sources);
};

const awaitVolume = (volume: QuestDBVolume | undefined): DatabasePlan => {
  const ready =
    volume === undefined || !hasSpoken(volume) ? undefined : conditionOf(volume.status?.conditions, 'Ready');
  return ready === undefined
    ? {
        step: 'AwaitVolume',
        reason: 'VolumeUnknown',
        message: 'Waiting for the QuestDBVolume to say whether there is data from before.',
      }
    : { step: 'AwaitVolume', reason: ready.reason, message: ready.message };
};
