import { OUT_OF_SERVICE, RETIRING } from '../../hooks/api/labels.ts';
import type { ClusterNode } from '../../hooks/questdbnode/cluster-node.ts';
import type { Action } from '../../local/ec2/actions/action.ts';
import { attachVolumeAction, detachVolumeAction } from '../../local/ec2/actions/attachments.ts';
import { ACTIONS } from '../../local/ec2/actions/table.ts';
import type { Effect } from '../../local/ec2/journal.ts';
import type { Fields } from '../../local/ec2/request.ts';
import type { Simulation } from '../../local/ec2/simulation.ts';
import { instanceIdOf } from './machines.ts';
import { ZONE } from './objects.ts';

const SETTLING_SECONDS = 1;

/** One call of the CSI driver: it has no part in the faults that the hooks meet, so it does not go over the endpoint. */
const call = (simulation: Simulation, name: string, action: Action, fields: Fields): Effect[] => {
  const effects: Effect[] = [];
  const context = simulation.present((effect) => effects.push(effect));
  action.run(context, fields);
  simulation.journal.append({
    time: new Date(context.now).toISOString(),
    action: name,
    caller: 'csi',
    ids: effects.map(({ id }) => id),
    parameters: {},
    outcome: 'ok',
    effects,
  });
  return effects;
};

const createAction = (): Action => {
  const action = ACTIONS.get('CreateVolume');
  if (action === undefined) throw new Error('the simulated EC2 makes no volumes');
  return action;
};

/** Makes a volume with a database's data, as the CSI driver does for a claim; answers its id. */
export const createVolume = (simulation: Simulation): string => {
  const [created] = call(simulation, 'CreateVolume', createAction(), {
    AvailabilityZone: ZONE,
    Size: '10',
    VolumeType: 'gp3',
    TagSpecification: [{ ResourceType: 'volume', Tag: [{ Key: 'questdb-fleet.dev/database', Value: 'orders' }] }],
  });
  simulation.clock.advance(SETTLING_SECONDS);
  return created?.id ?? '';
};

/** Makes one and attaches it, as the CSI driver does for a pod; answers its id. */
export const attachVolume = (simulation: Simulation, instanceId: string): string => {
  const volumeId = createVolume(simulation);
  call(simulation, 'AttachVolume', attachVolumeAction, {
    VolumeId: volumeId,
    InstanceId: instanceId,
    Device: '/dev/xvdba',
  });
  return volumeId;
};

/** Detaches all volumes with data, as the CSI driver does when their pods are gone. */
export const detachVolumes = (simulation: Simulation): void => detachWhere(simulation, () => true);

const isToBeLeft = ({ spec }: ClusterNode): boolean =>
  spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE.key || key === RETIRING.key) ?? false;

/** Pods on a Node that is out of service, or to be left, are let go, and their volumes with them. */
export const detachVolumesToBeLeft = (simulation: Simulation, nodes: Iterable<ClusterNode>): void => {
  const left = [...nodes].filter(isToBeLeft).map(instanceIdOf);
  if (left.length > 0) detachWhere(simulation, (attachedTo) => left.includes(attachedTo));
};

const detachWhere = (simulation: Simulation, isMeant: (instanceId: string) => boolean): void => {
  simulation.present(() => undefined);
  const attached = Object.values(simulation.account.volumes).filter(
    ({ tags, attachment }) =>
      attachment !== undefined &&
      attachment.state !== 'detaching' &&
      'questdb-fleet.dev/database' in tags &&
      isMeant(attachment.instanceId),
  );
  if (attached.length === 0) return;
  for (const { id } of attached) call(simulation, 'DetachVolume', detachVolumeAction, { VolumeId: id });
  simulation.clock.advance(SETTLING_SECONDS);
};
