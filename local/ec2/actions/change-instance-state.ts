import { roomFor, takeCapacity } from '../capacity.ts';
import type { Context } from '../context.ts';
import { Ec2Error, missingParameter } from '../errors.ts';
import { instancesById } from '../lookup.ts';
import type { Instance, InstanceState } from '../model.ts';
import { type Fields, flag, texts } from '../request.ts';
import { beginStop, beginTermination, enterState, forceStop } from '../transitions.ts';
import type { Action, Answer } from './action.ts';
import { stateChangeXml } from './instance-state.ts';

const askedFor = (context: Context, fields: Fields): Instance[] => {
  const ids = texts(fields, 'InstanceId');
  if (ids.length === 0) throw missingParameter('InstanceId');
  return instancesById(context, ids);
};

const notStartable = ({ id }: Instance): Ec2Error =>
  new Ec2Error('IncorrectInstanceState', `The instance '${id}' is not in a state from which it can be started.`);

const notStoppable = ({ id, state }: Instance): Ec2Error =>
  new Ec2Error(
    'IncorrectInstanceState',
    state === 'pending'
      ? `Instance '${id}' cannot be stopped as it has never reached the 'running' state.`
      : `This instance '${id}' is not in a state from which it can be stopped.`,
  );

const protectedBy = (instance: Instance, verb: string, attribute: string): Ec2Error =>
  new Ec2Error(
    'OperationNotPermitted',
    `The instance '${instance.id}' may not be ${verb}. Modify its '${attribute}' instance attribute and try again.`,
  );

const isEnding = (state: InstanceState): boolean => state === 'shutting-down' || state === 'terminated';

/** Checks all first: one instance that may not be changed stops the whole request. */
const changeAll = (
  context: Context,
  fields: Fields,
  check: (instance: Instance) => void,
  change: (instance: Instance) => void,
): Answer => {
  const instances = askedFor(context, fields);
  for (const instance of instances) check(instance);
  return {
    instancesSet: instances.map((instance) => {
      const previous = instance.state;
      change(instance);
      return stateChangeXml(instance, previous);
    }),
  };
};

const byUser = (context: Context): string => `User initiated (${new Date(context.now).toISOString()})`;

const terminate = (context: Context, fields: Fields): Answer =>
  changeAll(
    context,
    fields,
    (instance) => {
      if (instance.disableApiTermination && !isEnding(instance.state)) {
        throw protectedBy(instance, 'terminated', 'disableApiTermination');
      }
    },
    (instance) => {
      if (isEnding(instance.state)) return;
      beginTermination(context, instance);
      instance.transitionReason = byUser(context);
      instance.stateReason = {
        code: 'Client.UserInitiatedShutdown',
        message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      };
    },
  );

/** An instance that is stopped or stopping is left as it is; only a forced stop moves one that is stuck in stopping. */
const stop = (context: Context, fields: Fields): Answer =>
  changeAll(
    context,
    fields,
    (instance) => {
      if (isEnding(instance.state) || instance.state === 'pending') throw notStoppable(instance);
      if (instance.disableApiStop && instance.state === 'running')
        throw protectedBy(instance, 'stopped', 'disableApiStop');
    },
    (instance) => {
      if (instance.state === 'stopping' && flag(fields, 'Force')) forceStop(context, instance);
      if (instance.state !== 'running') return;
      beginStop(context, instance);
      instance.transitionReason = byUser(context);
      instance.stateReason = {
        code: 'Client.UserInitiatedShutdown',
        message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      };
    },
  );

/** Starts a stopped instance; also used by AWS itself. */
export const beginStart = (context: Context, instance: Instance): void => {
  takeCapacity(context.account, instance, 1);
  instance.stateReason = undefined;
  instance.transitionReason = '';
  // EC2 tells the time of the last start.
  instance.launchTime = context.now;
  enterState(context, instance, 'pending', { to: 'running', seconds: context.settings.pendingSeconds });
};

const start = (context: Context, fields: Fields): Answer =>
  changeAll(
    context,
    fields,
    (instance) => {
      if (isEnding(instance.state) || instance.state === 'stopping') throw notStartable(instance);
      if (instance.state === 'stopped') roomFor(context, instance, { min: 1, max: 1 });
    },
    (instance) => {
      if (instance.state === 'stopped') beginStart(context, instance);
    },
  );

const changeAction = (bucket: Action['bucket'], parameters: string[], run: Action['run']): Action => ({
  bucket,
  mutates: true,
  parameters: ['InstanceId', ...parameters],
  run,
});

export const terminateInstancesAction = changeAction('terminate', ['SkipOsShutdown'], terminate);
export const stopInstancesAction = changeAction('stop', ['Force', 'SkipOsShutdown'], stop);
export const startInstancesAction = changeAction('start', [], start);
