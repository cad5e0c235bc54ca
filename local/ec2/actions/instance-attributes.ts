import { instanceTypeNamed } from '../catalog.ts';
import type { Context } from '../context.ts';
import { Ec2Error, invalidCombination, invalidValue } from '../errors.ts';
import { instanceById } from '../lookup.ts';
import type { Instance } from '../model.ts';
import { type Fields, flag, group, required, text } from '../request.ts';
import { type Action, type Answer, SUCCESS } from './action.ts';

/** Reads the wished value in a structure with the one field `Value`, checks it, and says how to set it. */
type Attribute = {
  /** Only while the instance is stopped. */
  stopped: boolean;
  set: (instance: Instance, wish: Fields) => void;
  get: (instance: Instance) => string | boolean;
};

const boolean = (wish: Fields): boolean => {
  required(wish, 'Value');
  return flag(wish, 'Value') ?? false;
};

const typeFor = (instance: Instance, wish: Fields): string => {
  const name = required(wish, 'Value');
  const type = instanceTypeNamed(name);
  if (!type) throw new Ec2Error('InvalidInstanceAttributeValue', `Invalid value '${name}' for InstanceType.`);
  if (type.architecture !== instance.architecture || type.notIn.includes(instance.zone)) {
    throw new Ec2Error('Unsupported', `The instance type ${name} does not fit the instance '${instance.id}'.`);
  }
  return name;
};

const behaviorOf = (wish: Fields): 'stop' | 'terminate' => {
  const value = required(wish, 'Value');
  if (value !== 'stop' && value !== 'terminate') throw invalidValue(value, 'instanceInitiatedShutdownBehavior');
  return value;
};

const ATTRIBUTES: Record<string, Attribute> = {
  DisableApiTermination: {
    stopped: false,
    set: (instance, wish) => void (instance.disableApiTermination = boolean(wish)),
    get: (instance) => instance.disableApiTermination,
  },
  DisableApiStop: {
    stopped: false,
    set: (instance, wish) => void (instance.disableApiStop = boolean(wish)),
    get: (instance) => instance.disableApiStop,
  },
  InstanceInitiatedShutdownBehavior: {
    stopped: false,
    set: (instance, wish) => void (instance.shutdownBehavior = behaviorOf(wish)),
    get: (instance) => instance.shutdownBehavior,
  },
  EbsOptimized: {
    stopped: true,
    set: (instance, wish) => void (instance.ebsOptimized = boolean(wish)),
    get: (instance) => instance.ebsOptimized,
  },
  InstanceType: {
    stopped: true,
    set: (instance, wish) => void (instance.type = typeFor(instance, wish)),
    get: (instance) => instance.type,
  },
  UserData: {
    stopped: true,
    set: (instance, wish) => void (instance.userData = text(wish, 'Value') ?? ''),
    get: (instance) => instance.userData,
  },
};

/** EC2's attribute names on the wire begin with a small letter where they are values. */
const attributeNamed = (wireName: string): { name: string; attribute: Attribute } => {
  const name = wireName.charAt(0).toUpperCase() + wireName.slice(1);
  const attribute = ATTRIBUTES[name];
  if (!attribute) throw invalidValue(wireName, 'attribute', 'It is not one of those that are modelled.');
  return { name, attribute };
};

/** The one attribute a request changes: as a structure of its own, or as `Attribute` and `Value`. */
const wishIn = (fields: Fields): { name: string; attribute: Attribute; wish: Fields } => {
  const named = text(fields, 'Attribute');
  if (named !== undefined) return { ...attributeNamed(named), wish: { Value: required(fields, 'Value') } };
  const names = Object.keys(ATTRIBUTES).filter((name) => fields[name] !== undefined);
  const [name] = names;
  if (name === undefined) throw invalidCombination('No attributes specified.');
  if (names.length > 1) throw invalidCombination('Fields for multiple attribute types specified');
  return { ...attributeNamed(name), wish: group(fields, name) };
};

const modifyInstanceAttribute = (context: Context, fields: Fields): Answer => {
  const instance = instanceById(context, required(fields, 'InstanceId'));
  const { name, attribute, wish } = wishIn(fields);
  if (attribute.stopped && instance.state !== 'stopped') {
    throw new Ec2Error('IncorrectInstanceState', `The instance '${instance.id}' is not in the 'stopped' state.`);
  }
  attribute.set(instance, wish);
  const value = name === 'UserData' ? '(user data)' : attribute.get(instance);
  context.record({ effect: 'instance-changed', id: instance.id, change: { [name]: value } });
  return SUCCESS;
};

const describeInstanceAttribute = (context: Context, fields: Fields): Answer => {
  const instance = instanceById(context, required(fields, 'InstanceId'));
  const wireName = required(fields, 'Attribute');
  return { instanceId: instance.id, [wireName]: { value: attributeNamed(wireName).attribute.get(instance) } };
};

export const modifyInstanceAttributeAction: Action = {
  bucket: 'mutate',
  mutates: true,
  parameters: ['InstanceId', 'Attribute', 'Value', ...Object.keys(ATTRIBUTES)],
  run: modifyInstanceAttribute,
};

export const describeInstanceAttributeAction: Action = {
  bucket: 'describe',
  mutates: false,
  parameters: ['InstanceId', 'Attribute'],
  run: describeInstanceAttribute,
};
