import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type GrpcObject,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { Logger } from 'pino';
import { controllerService } from './controller.ts';
import { asCsiError } from './errors.ts';
import { fileSystemsIn } from './filesystems.ts';
import { identityService } from './identity.ts';
import { nodeService } from './node.ts';

/** How the messages are read: see messages.ts. Absent fields arrive as their defaults, absent messages as null. */
export const LOADER_OPTIONS = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true } as const;

/** The three services of csi.proto, e.g. `.Controller.service`. */
export const loadCsi = (protoFile: string): Record<'Identity' | 'Controller' | 'Node', ServiceClientConstructor> => {
  const root = loadPackageDefinition(loadSync(protoFile, LOADER_OPTIONS));
  const csi = (root.csi as GrpcObject | undefined)?.v1;
  return csi as unknown as Record<'Identity' | 'Controller' | 'Node', ServiceClientConstructor>;
};

// The loader checks requests against csi.proto; a method names the message it takes.
type Method = (request: never) => unknown;

const isRead = (method: string): boolean => /^(Probe|(Controller|Node)?Get.*)$/.test(method);

const asHandler =
  (name: string, method: Method, log: Logger) =>
  (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>): void => {
    Promise.resolve()
      .then(() => method(call.request as never))
      .then(
        (response) => {
          if (!isRead(name)) log.info({ method: name, request: call.request, response }, 'done');
          answer(null, response);
        },
        (error: unknown) => {
          const { code, message } = asCsiError(error);
          log.warn({ method: name, request: call.request, code, error: message }, 'refused');
          answer({ code, details: message });
        },
      );
  };

const handlers = (service: Record<string, Method>, log: Logger) =>
  Object.fromEntries(Object.entries(service).map(([name, method]) => [name, asHandler(name, method, log)]));

export type DriverOptions = {
  protoFile: string;
  /** Path of the unix socket; what an earlier process left there is removed. */
  socket: string;
  volumesFolder: string;
  ec2: EC2Client;
  log: Logger;
};

/** Serves the driver on its unix socket. */
export const startDriver = async (options: DriverOptions): Promise<{ close: () => Promise<void> }> => {
  const csi = loadCsi(options.protoFile);
  const files = fileSystemsIn(options.volumesFolder);
  await mkdir(options.volumesFolder, { recursive: true });
  await mkdir(dirname(options.socket), { recursive: true, mode: 0o700 });
  await rm(options.socket, { force: true });
  const server = new Server();
  server.addService(csi.Identity.service, handlers(identityService(), options.log));
  server.addService(csi.Controller.service, handlers(controllerService(options.ec2, files), options.log));
  server.addService(csi.Node.service, handlers(nodeService(options.ec2, files), options.log));
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${options.socket}`, ServerCredentials.createInsecure(), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  return {
    close: async () => {
      server.forceShutdown();
      await rm(options.socket, { force: true });
    },
  };
};
