import {
  ApiException,
  CoordinationV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  StorageV1Api,
} from '@kubernetes/client-node';

/** The API server as one user sees it. */
export type Api = {
  config: KubeConfig;
  core: CoreV1Api;
  storage: StorageV1Api;
  coordination: CoordinationV1Api;
  discovery: DiscoveryV1Api;
};

export const apiWith = (config: KubeConfig): Api => ({
  config,
  core: config.makeApiClient(CoreV1Api),
  storage: config.makeApiClient(StorageV1Api),
  coordination: config.makeApiClient(CoordinationV1Api),
  discovery: config.makeApiClient(DiscoveryV1Api),
});

/** The API as the user of a kubeconfig file. */
export const apiFromFile = (kubeconfig: string): Api => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return apiWith(config);
};

/** The API as the holder of a client certificate; all three PEM. */
export const apiWithCertificate = (server: string, authority: string, client: { cert: string; key: string }): Api => {
  const encode = (pem: string): string => Buffer.from(pem).toString('base64');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'cluster', server, caData: encode(authority), skipTLSVerify: false },
    { name: 'node', certData: encode(client.cert), keyData: encode(client.key) },
  );
  return apiWith(config);
};

export const STRATEGIC_MERGE = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
export const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** True when `error` is the API server's answer with that HTTP code, e.g. 404. */
export const isAnswer = (error: unknown, code: number): boolean => error instanceof ApiException && error.code === code;

/** Runs a read and answers undefined where the object does not exist. */
export const orAbsent = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (isAnswer(error, 404)) return undefined;
    throw error;
  }
};

/** One line about an error, short enough for a log or an event: the API server's own message where there is one. */
export const messageOf = (error: unknown): string => {
  if (error instanceof ApiException) {
    const body: unknown = error.body;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return `${String(error.code)} ${/"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text.slice(0, 300)}`;
  }
  return error instanceof Error ? error.message : String(error);
};
