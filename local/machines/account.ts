/** One machine of the simulated account that is not terminated: `GET /_simulator/machines`. */
export type Machine = {
  instanceId: string;
  instanceType: string;
  vcpus: number;
  memoryMiB: number;
  /** EC2's word: `x86_64` or `arm64`. */
  architecture: string;
  zone: string;
  state: string;
  /** Its processes run: also while it is stuck in stopping. */
  hasPower: boolean;
  /** Packets reach it and leave it. */
  hasNetwork: boolean;
  privateIpAddress: string;
  privateDnsName: string;
  bootAs: 'process' | 'kwok' | 'none';
  attachedVolumes: { volumeId: string; device: string }[];
};

const ask = async <T>(ec2Url: string, path: string): Promise<T> => {
  const answer = await fetch(new URL(`/_simulator/${path}`, ec2Url), { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`the simulated EC2 answered ${String(answer.status)}`);
  return (await answer.json()) as T;
};

/** The power switches and disks of the simulated account, as the hypervisor sees them: no visibility delay. */
export const fetchMachines = (ec2Url: string): Promise<Machine[]> => ask(ec2Url, 'machines');

/** base64, as EC2 keeps it; empty when it was launched without. */
export const fetchUserData = async (ec2Url: string, instanceId: string): Promise<string> =>
  (await ask<{ userData: string }>(ec2Url, `user-data/${instanceId}`)).userData;
