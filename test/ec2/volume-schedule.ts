import { NAMESPACE } from './objects.ts';
import { unrest, unsecured, versionsIn } from './volume-rest.ts';
import { NAMES, type VolumeSchedule } from './volume-steps.ts';
import { create, happen, remove, removeAllThatIsLeft } from './volume-user.ts';
import { openVolumeWorld, startPod, type VolumeWorld } from './volume-world.ts';

/** Everything looks at everything, in virtual time. */
const turn = async (world: VolumeWorld, seconds: number): Promise<void> => {
  world.round();
  for (const each of NAMES) await world.pass(each);
  for (const each of NAMES) startPod(world, each);
  rememberVolumes(world);
  world.advance(seconds);
};

/** What the hook of QuestDB passes on to its status. */
const rememberVolumes = ({ api }: VolumeWorld): void => {
  for (const database of api.databases.list()) {
    const volumeId = api.parents.read(NAMESPACE, database.metadata.name)?.status?.volumeId;
    if (volumeId !== undefined)
      api.databases.change(database, (live) => ({ ...live, status: { volume: { volumeId } } }));
  }
};

const settle = async (world: VolumeWorld): Promise<void> => {
  for (let count = 0; count < 14; count += 1) await turn(world, 12);
};

/** A day later, so that EC2 takes changes again, and everything that waited has had its time. */
const recover = async (world: VolumeWorld): Promise<void> => {
  world.command('heal');
  // A claim that is being deleted goes when no pod uses it.
  world.api.pods.clear();
  await settle(world);
  world.advance(90_000);
  await settle(world);
};

/** The database goes, and what was kept of it but for the EBS volume. */
const leaveVolume = async (world: VolumeWorld): Promise<void> => {
  remove(world, 'orders', 'kept');
  for (let count = 0; count < 4; count += 1) await turn(world, 3);
  removeAllThatIsLeft(world.api, 'orders');
};

const writes = ({ simulation }: VolumeWorld): number =>
  (simulation.calls.ModifyVolume ?? 0) + (simulation.calls.CreateTags ?? 0);

/** Idle means no writes: two more turns change nothing. */
const idle = async (world: VolumeWorld): Promise<string[]> => {
  const [before, calls] = [versionsIn(world), writes(world)];
  await turn(world, 1);
  await turn(world, 1);
  const isSame = versionsIn(world) === before && writes(world) === calls;
  return isSame ? [] : ['something is written at rest'];
};

/** Plays a schedule, ends all faults, and says what was broken on the way and what is not right in the end. */
export const brokenBy = async (schedule: VolumeSchedule): Promise<string[]> => {
  const { modificationVisibilityDelaySeconds } = schedule;
  const world = openVolumeWorld(schedule.seed, { modificationVisibilityDelaySeconds, optimizingSeconds: 120 });
  create(world, 'orders', 'nothing');
  for (let count = 0; count < 5; count += 1) await turn(world, 3);
  if (schedule.beginning === 'left') await leaveVolume(world);
  for (const next of schedule.steps) {
    if (next.do === 'pass') await world.pass(next.name, next);
    else happen(world, next);
    rememberVolumes(world);
  }
  await recover(world);
  return [...world.broken(), ...unrest(world), ...unsecured(world), ...(await idle(world))];
};
