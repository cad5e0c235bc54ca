import { EC2Client } from '@aws-sdk/client-ec2';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { settingsOfThisProcess } from '../settings.ts';
import { startDriver } from './server.ts';

/** The CSI driver of the simulated EBS. Environment: LOCAL_STATE_DIR, CSI_PROTO (path of csi.proto), AWS_* as the SDK reads them (default: the simulator). */
const { ports, paths } = settingsOfThisProcess();
const log = pino({ name: 'csi' });
const protoFile = process.env.CSI_PROTO;
if (!protoFile)
  throw new Error('CSI_PROTO is not set: it names the csi.proto that the build step left beside the binaries');

const SIMULATED = {
  endpoint: `http://127.0.0.1:${String(ports.ec2)}`,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'csi', secretAccessKey: 'csi' },
};
// With an endpoint of the caller's own, region and credentials come from the environment too.
const ec2 = new EC2Client(process.env.AWS_ENDPOINT_URL_EC2 ? {} : SIMULATED);
const driver = await startDriver({ protoFile, socket: paths.csiSocket, volumesFolder: paths.volumes, ec2, log });
log.info({ socket: paths.csiSocket }, 'serving');
closeWithGrace({ delay: 4000 }, () => driver.close());
