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

/** The power switches and disks of the simulated account, as the hypervisor sees them: no visibility delay. */
export const fetchMachines = async (ec2Url: string): Promise<Machine[]> => {
  const answer = await fetch(new URL('/_simulator/machines', ec2Url), { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`the simulated EC2 answered ${String(answer.status)}`);
  return (await answer.json()) as Machine[];
};

/** base64, as EC2 keeps it; empty when it was launched without. */
export const fetchUserData = async (ec2Url: string, instanceId: string): Promise<string> => {
  const url = new URL(`/_simulator/user-data/${instanceId}`, ec2Url);
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`the simulated EC2 answered ${String(answer.status)}`);
  return ((await answer.json()) as { userData: string }).userData;
};
