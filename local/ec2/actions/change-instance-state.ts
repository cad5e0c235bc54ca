import { checkCapacity, takeCapacity } from '../capacity.ts';
import type { Context } from '../context.ts';
import { Ec2Error, missingParameter } from '../errors.ts';
import { instancesById } from '../lookup.ts';
import type { Instance, InstanceState } from '../model.ts';
import { type Fields, texts } from '../request.ts';
import { beginStop, beginTermination, enterState } from '../transitions.ts';
import type { Action, Answer } from './action.ts';
import { stateChangeXml } from './instance-state.ts';

const askedFor = (context: Context, fields: Fields): Instance[] => {
  const ids = texts(fields, 'InstanceId');
  if (ids.length === 0) throw missingParameter('InstanceId');
  return instancesById(context, ids);
};

const notIn = (instance: Instance, verb: string): Ec2Error =>
  new Ec2Error(
    'IncorrectInstanceState',
    `The instance '${instance.id}' is not in a state from which it can be ${verb}.`,
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

const stop = (context: Context, fields: Fields): Answer =>
  changeAll(
    context,
    fields,
    (instance) => {
      if (isEnding(instance.state) || instance.state === 'pending') throw notIn(instance, 'stopped');
      if (instance.disableApiStop && instance.state === 'running')
        throw protectedBy(instance, 'stopped', 'disableApiStop');
    },
    (instance) => {
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
  takeCapacity(context.account, instance.type, instance.zone, 1);
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
      if (isEnding(instance.state) || instance.state === 'stopping') throw notIn(instance, 'started');
      if (instance.state === 'stopped') checkCapacity(context, instance.type, instance.zone, 1);
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
