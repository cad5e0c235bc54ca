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

type CheckName = 'instance' | 'system' | 'ebs';
type Check = { status: string; reachability: string; impairedSince?: number };

/** The disks of an impaired machine go on working: nothing here fails the EBS check. */
const checkOf = (context: Context, instance: Instance, name: CheckName): Check => {
  if (instance.state !== 'running') return { status: 'not-applicable', reachability: 'not-applicable' };
  const { impairment } = instance;
  if (impairment && name !== 'ebs' && (impairment.check === 'both' || impairment.check === name)) {
    return { status: 'impaired', reachability: 'failed', impairedSince: impairment.since };
  }
  const passedAt = instance.since + context.settings.initializingSeconds * 1000;
  return context.now < passedAt
    ? { status: 'initializing', reachability: 'initializing' }
    : { status: 'ok', reachability: 'passed' };
};

const checkXml = ({ status, reachability, impairedSince }: Check): Xml => ({
  status,
  details:
    status === 'not-applicable'
      ? undefined
      : [
          {
            name: 'reachability',
            status: reachability,
            impairedSince: impairedSince === undefined ? undefined : time(impairedSince),
          },
        ],
});

const statusXml = (context: Context, instance: Instance): Xml => ({
  instanceId: instance.id,
  availabilityZone: instance.zone,
  availabilityZoneId: zoneNamed(instance.zone)?.id,
  instanceState: stateXml(instance.state),
  systemStatus: checkXml(checkOf(context, instance, 'system')),
  instanceStatus: checkXml(checkOf(context, instance, 'instance')),
  attachedEbsStatus: checkXml(checkOf(context, instance, 'ebs')),
});

/** It knows no tags: a filter `tag:...` is an error, as on EC2. */
const filterTable = (context: Context): FilterTable<Instance> => {
  const status = (name: CheckName) => (instance: Instance) => [checkOf(context, instance, name).status];
  const reachability = (name: CheckName) => (instance: Instance) => [checkOf(context, instance, name).reachability];
  return {
    'availability-zone': (instance) => [instance.zone],
    'instance-state-name': (instance) => [instance.state],
    'instance-state-code': (instance) => [String(stateCode(instance.state))],
    'instance-status.status': status('instance'),
    'system-status.status': status('system'),
    'attached-ebs-status.status': status('ebs'),
    'instance-status.reachability': reachability('instance'),
    'system-status.reachability': reachability('system'),
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
