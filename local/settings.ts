import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** TCP ports on 127.0.0.1 of one local cluster. */
export type Ports = {
  /** The router: SQL and console of every database, `http://127.0.0.1:<router>/-/<namespace>/<name>/`. */
  router: number;
  /** The product's webhooks. */
  hooks: number;
  /** The simulated EC2 endpoint. */
  ec2: number;
  etcd: number;
  etcdPeer: number;
  apiserver: number;
  controllerManager: number;
  scheduler: number;
  /** Debug and metrics listener of Metacontroller or of its stand-in. */
  metacontroller: number;
};

/** What `.local/` uses; any other state directory gets free ports, written to its ports.json. */
export const DEFAULT_PORTS: Ports = {
  router: 8070,
  hooks: 8090,
  ec2: 8095,
  etcd: 8071,
  etcdPeer: 8072,
  apiserver: 8073,
  controllerManager: 8074,
  scheduler: 8075,
  metacontroller: 8076,
};

/** One local cluster: where its state is, and how its parts reach each other. */
export type Settings = {
  stateDir: string;
  ports: Ports;
  paths: Paths;
};

/** Files of one local cluster; every part writes only below its own entry. */
export type Paths = {
  portsFile: string;
  pki: string;
  logs: string;
  pids: string;
  /** The administrator's kubeconfig, the one users are told of. */
  kubeconfig: string;
  /** One kubeconfig a component: `<name>.kubeconfig`. */
  kubeconfigs: string;
  etcd: string;
  /** state.json and journal.jsonl of the simulated EC2. */
  ec2: string;
  /** One folder a simulated EBS volume: `<volume id>/`, its file system. */
  volumes: string;
  /** One folder a machine: `<node name>/pods/<pod uid>/`. */
  machines: string;
  /** `<pod ip>.json`, written by the kubelets, read by the router: container port to host port. */
  podAddresses: string;
  /** Unix socket of the CSI driver; outside the state directory, whose path may be longer than the 108 bytes a socket may have. */
  csiSocket: string;
  hookTokenFile: string;
};

const pathsIn = (stateDir: string): Paths => ({
  portsFile: join(stateDir, 'ports.json'),
  pki: join(stateDir, 'pki'),
  logs: join(stateDir, 'logs'),
  pids: join(stateDir, 'pids'),
  kubeconfig: join(stateDir, 'kubeconfig'),
  kubeconfigs: join(stateDir, 'kubeconfigs'),
  etcd: join(stateDir, 'etcd'),
  ec2: join(stateDir, 'ec2'),
  volumes: join(stateDir, 'volumes'),
  machines: join(stateDir, 'machines'),
  podAddresses: join(stateDir, 'pod-addresses'),
  csiSocket: join(
    tmpdir(),
    `questdb-fleet-${createHash('sha256').update(stateDir).digest('hex').slice(0, 12)}`,
    'csi.sock',
  ),
  hookTokenFile: join(stateDir, 'hook-token'),
});

/** Reads the settings of the cluster in `stateDir`; its ports are the defaults unless ports.json there says otherwise. */
export const readSettings = (stateDir: string): Settings => {
  const absolute = resolve(stateDir);
  const paths = pathsIn(absolute);
  const ports = existsSync(paths.portsFile)
    ? (JSON.parse(readFileSync(paths.portsFile, 'utf8')) as Ports)
    : DEFAULT_PORTS;
  return { stateDir: absolute, ports, paths };
};

/** The settings of a component process: its state directory arrives as LOCAL_STATE_DIR. */
export const settingsOfThisProcess = (): Settings => {
  const stateDir = process.env.LOCAL_STATE_DIR;
  if (!stateDir) throw new Error('LOCAL_STATE_DIR is not set: this program is started by `npm run local`');
  return readSettings(stateDir);
};
