import type { CompositeController, HookSpec, SecretKey, Webhook } from './composite-controller.ts';
import { callHook, type HookEndpoint } from './hook-call.ts';

export type HookName = 'customize' | 'sync' | 'finalize';

/** One webhook of a controller: sends the request, answers the parsed body. */
export type Hook = (request: unknown) => Promise<string>;

/** Reads a value of a Secret; undefined when the key is not there, an error when the Secret is not. */
export type ReadSecret = (reference: SecretKey) => Promise<string | undefined>;

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DEFAULT_TIMEOUT_MS = 10_000;

/** A Go duration in milliseconds; 10 s for none or nonsense. */
export const parseTimeout = (text: string | undefined): number => {
  if (text === undefined || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return DEFAULT_TIMEOUT_MS;
  const total = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  return total > 0 ? total : DEFAULT_TIMEOUT_MS;
};

const urlOf = (webhook: Webhook): string => {
  if (webhook.url !== undefined) return webhook.url;
  const { service, path } = webhook;
  if (service === undefined || path === undefined)
    throw new Error("invalid webhook config: must specify either a full 'url', or both 'service' and 'path'");
  return `${service.protocol ?? 'http'}://${service.name}.${service.namespace}:${service.port ?? 80}${path}`;
};

const need = async (readSecret: ReadSecret, reference: SecretKey): Promise<string> => {
  const value = await readSecret(reference);
  if (value === undefined)
    throw new Error(
      `authorization secret ${reference.namespace}/${reference.name} does not contain key "${reference.key}"`,
    );
  return value.trim();
};

const authorizationOf = async (webhook: Webhook, readSecret: ReadSecret): Promise<string | undefined> => {
  const { authorization, basicAuth } = webhook;
  if (authorization !== undefined && basicAuth !== undefined)
    throw new Error('authorization and basicAuth are mutually exclusive');
  if (authorization !== undefined) {
    const scheme = (authorization.type ?? '').trim() || 'Bearer';
    if (scheme.toLowerCase() === 'basic')
      throw new Error(`authorization type "${scheme}" is not supported; use the basicAuth field instead`);
    return `${scheme} ${await need(readSecret, authorization.secretRef)}`;
  }
  if (basicAuth === undefined) return undefined;
  const username = await need(readSecret, { ...basicAuth.secretRef, key: basicAuth.usernameKey ?? 'username' });
  const password = await need(readSecret, { ...basicAuth.secretRef, key: basicAuth.passwordKey ?? 'password' });
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
};

const refuseWhatIsMissing = (controller: CompositeController, name: HookName, spec: HookSpec, webhook: Webhook) => {
  const unsupported = [
    spec.version === 'v2' ? undefined : `hooks.${name}.version ${spec.version ?? 'v1'} (only v2)`,
    webhook.etag === undefined ? undefined : `hooks.${name}.webhook.etag`,
    webhook.caBundle === undefined ? undefined : `hooks.${name}.webhook.caBundle`,
    webhook.clientTLS === undefined ? undefined : `hooks.${name}.webhook.clientTLS`,
    controller.spec.endpointConfigs === undefined ? undefined : 'endpointConfigs',
  ].filter((field) => field !== undefined);
  if (unsupported.length > 0)
    throw new Error(`not supported by the stand-in for Metacontroller: ${unsupported.join(', ')}`);
};

/** Prepares a webhook; undefined when the controller does not have it. Secrets are read now and never again. */
export const createHook = async (
  controller: CompositeController,
  name: HookName,
  readSecret: ReadSecret,
  stopped: AbortSignal,
): Promise<Hook | undefined> => {
  const spec = controller.spec.hooks?.[name];
  if (spec?.webhook === undefined) return undefined;
  refuseWhatIsMissing(controller, name, spec, spec.webhook);
  const endpoint: HookEndpoint = {
    url: urlOf(spec.webhook),
    timeoutMs: parseTimeout(spec.webhook.timeout),
    authorization: await authorizationOf(spec.webhook, readSecret),
  };
  return (request) => callHook(endpoint, request, stopped);
};
