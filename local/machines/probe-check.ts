import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import type { V1Container, V1HTTPGetAction, V1Probe } from '@kubernetes/client-node';

/** Where a container can be asked. */
export type ProbeTarget = {
  container: V1Container;
  /** Host port by container port. */
  ports: ReadonlyMap<number, number>;
  /** Runs a command as the container would: words with host paths, and its environment. */
  exec: { map: (word: string) => string; env: Record<string, string>; cwd: string };
};

/** One result of a probe; the message is the kubelet's when it failed. */
export type ProbeResult = { isSuccess: boolean; message: string };

type Port = number | string | undefined;

/** The host port of a probe's port, by name or number; undefined when nothing of the container listens there. */
export const hostPortOf = ({ container, ports }: ProbeTarget, port: Port): number | undefined => {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  return ports.get(named ?? Number(port));
};

const refused = (port: Port): ProbeResult => ({
  isSuccess: false,
  message: `port ${String(port)}: connection refused`,
});

const checkHttp = async (target: ProbeTarget, action: V1HTTPGetAction, timeout: number): Promise<ProbeResult> => {
  const port = hostPortOf(target, action.port);
  if (port === undefined) return refused(action.port);
  const url = `http://127.0.0.1:${String(port)}${action.path ?? '/'}`;
  const headers = Object.fromEntries((action.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  try {
    const answer = await fetch(url, {
      headers: { 'user-agent': 'kube-probe/1.36', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout * 1000),
    });
    await answer.body?.cancel();
    const isSuccess = answer.status >= 200 && answer.status < 400;
    return { isSuccess, message: isSuccess ? '' : `HTTP probe failed with statuscode: ${String(answer.status)}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { isSuccess: false, message: `Get "${url}": ${cause}` };
  }
};

const checkTcp = (target: ProbeTarget, port: Port, timeout: number): Promise<ProbeResult> => {
  const hostPort = hostPortOf(target, port);
  if (hostPort === undefined) return Promise.resolve(refused(port));
  return new Promise((resolve) => {
    const socket = connect({ port: hostPort, host: '127.0.0.1', timeout: timeout * 1000 });
    const end = (result: ProbeResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => {
      end({ isSuccess: true, message: '' });
    });
    socket.once('timeout', () => {
      end({ isSuccess: false, message: `dial tcp port ${String(port)}: i/o timeout` });
    });
    socket.once('error', (error) => {
      end({ isSuccess: false, message: error.message });
    });
  });
};

const checkExec = ({ exec }: ProbeTarget, command: string[], timeout: number): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const [file = '', ...args] = command.map(exec.map);
    const options = { env: exec.env, cwd: exec.cwd, timeout: timeout * 1000 };
    execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ isSuccess: error === null, message: error === null ? '' : `${stdout}${stderr}` || error.message });
    });
  });

/** Asks the container once. `grpc` probes are not supported and fail. */
export const checkProbe = (target: ProbeTarget, probe: V1Probe, timeout: number): Promise<ProbeResult> => {
  if (probe.httpGet) return checkHttp(target, probe.httpGet, timeout);
  if (probe.tcpSocket) return checkTcp(target, probe.tcpSocket.port, timeout);
  if (probe.exec) return checkExec(target, probe.exec.command ?? [], timeout);
  return Promise.resolve({ isSuccess: false, message: 'this kubelet does not know that kind of probe' });
};
