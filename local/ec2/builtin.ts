import type { Instance } from './model.ts';

/** The machine of the plain worker Node, where databases without `spec.node` run. It carries no tags: no product read takes it for ours. */
export const WORKER_INSTANCE_ID = 'i-00000000000000001';

/** Machines that the local cluster has before anybody launches one. */
export const builtInInstances = (now: number): Record<string, Instance> => ({
  [WORKER_INSTANCE_ID]: {
    id: WORKER_INSTANCE_ID,
    reservationId: 'r-00000000000000001',
    launchIndex: 0,
    type: 'm6i.2xlarge',
    imageId: 'ami-local-x86',
    architecture: 'x86_64',
    zone: 'eu-west-1a',
    subnetId: 'subnet-local-a',
    securityGroupIds: ['sg-local'],
    privateIpAddress: '10.2.0.4',
    privateDnsName: 'ip-10-2-0-4.eu-west-1.compute.internal',
    networkInterfaceId: 'eni-00000000000000001',
    networkInterfaceTags: {},
    state: 'running',
    since: now,
    launchTime: now,
    visibleAt: now,
    tags: {},
    userData: '',
    disableApiTermination: true,
    disableApiStop: true,
    shutdownBehavior: 'stop',
    ebsOptimized: true,
    monitoring: false,
    metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
    rootDeviceName: '/dev/xvda',
    transitionReason: '',
    bootAs: 'none',
    builtIn: true,
  },
});
