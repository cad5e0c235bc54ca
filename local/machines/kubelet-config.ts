import { numberOf } from './quantity.ts';

/** Resources that are kept back, by name, as quantities. */
export type Reserved = Readonly<Record<string, string>>;

/** What of a KubeletConfiguration shows on the Node. */
export type KubeletConfig = {
  /** Undefined: as many as the instance type has addresses for. */
  maxPods?: number;
  kubeReserved?: Reserved;
  systemReserved?: Reserved;
};

const DURATION = /^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/;
const RESOURCES = ['cpu', 'memory', 'ephemeral-storage', 'pid'];

const checkDurations = (config: Record<string, unknown>): void => {
  for (const field of ['shutdownGracePeriod', 'shutdownGracePeriodCriticalPods']) {
    const value = config[field];
    if (value !== undefined && (typeof value !== 'string' || !DURATION.test(value))) {
      throw new Error(`spec.kubelet.config.${field} is no duration such as 30s`);
    }
  }
};

const reservedIn = (config: Record<string, unknown>, field: 'kubeReserved' | 'systemReserved'): KubeletConfig => {
  const reserved = config[field];
  if (reserved === undefined) return {};
  if (typeof reserved !== 'object' || reserved === null) throw new Error(`spec.kubelet.config.${field} is no map`);
  for (const [resource, quantity] of Object.entries(reserved)) {
    if (!RESOURCES.includes(resource)) throw new Error(`spec.kubelet.config.${field}: ${resource} cannot be reserved`);
    if (typeof quantity !== 'string') throw new Error(`spec.kubelet.config.${field}.${resource} is no text`);
    numberOf(quantity);
  }
  return { [field]: reserved as Reserved };
};

const maxPodsIn = ({ maxPods }: Record<string, unknown>): KubeletConfig => {
  if (maxPods === undefined) return {};
  if (typeof maxPods !== 'number' || !Number.isInteger(maxPods) || maxPods < 1) {
    throw new Error('spec.kubelet.config.maxPods is no positive number');
  }
  return { maxPods };
};

/** Reads the kubelet's configuration from a NodeConfig; one that a kubelet would not start with throws. */
export const parseKubeletConfig = (config: Record<string, unknown>): KubeletConfig => {
  checkDurations(config);
  return { ...maxPodsIn(config), ...reservedIn(config, 'kubeReserved'), ...reservedIn(config, 'systemReserved') };
};
