import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { mavenRepository } from '../controlplane/engines.ts';
import { settingsOfThisProcess } from '../settings.ts';
import { addressBook } from './addresses.ts';
import { apiFromFile } from './api.ts';
import { csiNodeClient } from './csi-client.ts';
import { runMachines } from './machines.ts';
import { timingFrom } from './timing.ts';

/** The machines of the simulated account. Environment: LOCAL_STATE_DIR, CSI_PROTO (path of csi.proto), MACHINES_*_MS (timing.ts). */
const { ports, paths } = settingsOfThisProcess();
const log = pino({ name: 'machines', level: process.env.LOG_LEVEL ?? 'info' });
const protoFile = process.env.CSI_PROTO;
if (!protoFile)
  throw new Error('CSI_PROTO is not set: it names the csi.proto that the build step left beside the binaries');

const machines = runMachines({
  log,
  timing: timingFrom(process.env),
  ec2Url: `http://127.0.0.1:${String(ports.ec2)}`,
  api: apiFromFile(join(paths.kubeconfigs, 'machines.kubeconfig')),
  apiServerUrl: `https://127.0.0.1:${String(ports.apiserver)}`,
  pkiFolder: paths.pki,
  machinesFolder: paths.machines,
  mavenRepository: mavenRepository(),
  csi: csiNodeClient(protoFile, paths.csiSocket),
  addresses: addressBook(paths.podAddresses),
});
log.info('running');
closeWithGrace({ delay: 4500 }, () => machines.close());
