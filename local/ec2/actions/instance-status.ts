import { zoneNamed } from '../catalog.ts';
import type { Context } from '../context.ts';
import { applyFilters, type FilterTable } from '../filters.ts';
import { instancesById, visibleInstances } from '../lookup.ts';
import type { Instance } from '../model.ts';
import { paginate } from '../pages.ts';
import { type Fields, flag, texts } from '../request.ts';
import { time, type Xml } from '../xml.ts';
import type { Action, Answer } from './action.ts';
import { stateCode, stateXml } from './instance-state.ts';

type Check = { status: string; reachability: string };

const checkOf = (context: Context, instance: Instance): Check => {
  if (instance.state !== 'running') return { status: 'not-applicable', reachability: 'not-applicable' };
  if (instance.impairedSince !== undefined) return { status: 'impaired', reachability: 'failed' };
  const passedAt = instance.since + context.settings.initializingSeconds * 1000;
  return context.now < passedAt
    ? { status: 'initializing', reachability: 'initializing' }
    : { status: 'ok', reachability: 'passed' };
};

const checkXml = (instance: Instance, check: Check): Xml => ({
  status: check.status,
  details:
    check.status === 'not-applicable'
      ? undefined
      : [
          {
            name: 'reachability',
            status: check.reachability,
            impairedSince: instance.impairedSince === undefined ? undefined : time(instance.impairedSince),
          },
        ],
});

/** A failed host fails all three checks; which one failed first is not modelled. */
const statusXml = (context: Context, instance: Instance): Xml => {
  const check = checkXml(instance, checkOf(context, instance));
  return {
    instanceId: instance.id,
    availabilityZone: instance.zone,
    availabilityZoneId: zoneNamed(instance.zone)?.id,
    instanceState: stateXml(instance.state),
    systemStatus: check,
    instanceStatus: check,
    attachedEbsStatus: check,
  };
};

/** It knows no tags: a filter `tag:...` is an error, as on EC2. */
const filterTable = (context: Context): FilterTable<Instance> => {
  const status = (instance: Instance) => [checkOf(context, instance).status];
  const reachability = (instance: Instance) => [checkOf(context, instance).reachability];
  return {
    'availability-zone': (instance) => [instance.zone],
    'instance-state-name': (instance) => [instance.state],
    'instance-state-code': (instance) => [String(stateCode(instance.state))],
    'instance-status.status': status,
    'system-status.status': status,
    'attached-ebs-status.status': status,
    'instance-status.reachability': reachability,
    'system-status.reachability': reachability,
    'event.code': () => [],
  };
};

const describeInstanceStatus = (context: Context, fields: Fields): Answer => {
  const ids = texts(fields, 'InstanceId');
  const all = ids.length > 0 ? instancesById(context, ids) : visibleInstances(context);
  const candidates = flag(fields, 'IncludeAllInstances') ? all : all.filter((instance) => instance.state === 'running');
  const found = applyFilters(fields, candidates, filterTable(context));
  const page = paginate(context, fields, found, { keyOf: (instance) => instance.id, idParameter: 'InstanceId' });
  return {
    instanceStatusSet: page.items.map((instance) => statusXml(context, instance)),
    nextToken: page.nextToken,
  };
};

export const describeInstanceStatusAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['InstanceId', 'Filter', 'MaxResults', 'NextToken', 'IncludeAllInstances', 'IncludeManagedResources'],
  run: describeInstanceStatus,
};
