import type { Instance, InstanceState } from '../model.ts';
import type { Xml } from '../xml.ts';

const CODES: Record<InstanceState, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export const stateCode = (state: InstanceState): number => CODES[state];

export const stateXml = (state: InstanceState): Xml => ({ code: CODES[state], name: state });

/** What Start, Stop and Terminate answer for each instance. */
export const stateChangeXml = (instance: Instance, previous: InstanceState): Xml => ({
  instanceId: instance.id,
  currentState: stateXml(instance.state),
  previousState: stateXml(previous),
});
