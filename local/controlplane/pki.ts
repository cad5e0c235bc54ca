import './reflect-metadata.ts';
import * as x509 from '@peculiar/x509';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { webcrypto } from 'node:crypto';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { ...KEY_ALGORITHM, hash: 'SHA-256' };
const TEN_YEARS = 10 * 365 * 24 * 3600 * 1000;
/** Back-dated, so that a clock set back a little does not invalidate a fresh certificate. */
const BACKDATED = 3600 * 1000;

const validity = () => ({ notBefore: new Date(Date.now() - BACKDATED), notAfter: new Date(Date.now() + TEN_YEARS) });

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(SIGNATURE, true, ['sign', 'verify']);

const privateKeyPem = async (keys: webcrypto.CryptoKeyPair): Promise<string> =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');

const publicKeyPem = async (keys: webcrypto.CryptoKeyPair): Promise<string> =>
  x509.PemConverter.encode(await crypto.subtle.exportKey('spki', keys.publicKey), 'PUBLIC KEY');

const writeSecret = (path: string, content: string): void => writeFileSync(path, content, { mode: 0o600 });

const createAuthority = async (keys: webcrypto.CryptoKeyPair): Promise<x509.X509Certificate> =>
  x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=questdb-fleet-local-ca',
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

/** The API server answers under its address, under localhost, and under the name pods know it by. */
const createServingCertificate = (
  authority: x509.X509Certificate,
  authorityKeys: webcrypto.CryptoKeyPair,
  keys: webcrypto.CryptoKeyPair,
): Promise<x509.X509Certificate> =>
  x509.X509CertificateGenerator.create({
    ...validity(),
    subject: 'CN=kube-apiserver',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'kubernetes.default.svc' },
      ]),
    ],
  });

/**
 * Makes the certificates and keys of one cluster in `directory`, once: ca.crt and ca.key, apiserver.crt and
 * apiserver.key, sa.key and sa.pub (the keys that sign ServiceAccount tokens). All PEM; keys are EC P-256.
 */
export const ensurePki = async (directory: string): Promise<void> => {
  const last = join(directory, 'sa.pub');
  if (existsSync(last)) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const [authorityKeys, servingKeys, tokenKeys] = await Promise.all([generateKeys(), generateKeys(), generateKeys()]);
  const authority = await createAuthority(authorityKeys);
  const serving = await createServingCertificate(authority, authorityKeys, servingKeys);
  writeFileSync(join(directory, 'ca.crt'), authority.toString('pem'));
  writeSecret(join(directory, 'ca.key'), await privateKeyPem(authorityKeys));
  writeFileSync(join(directory, 'apiserver.crt'), serving.toString('pem'));
  writeSecret(join(directory, 'apiserver.key'), await privateKeyPem(servingKeys));
  writeSecret(join(directory, 'sa.key'), await privateKeyPem(tokenKeys));
  writeFileSync(last, await publicKeyPem(tokenKeys));
};

/** The cluster's certificate authority as PEM. */
export const readAuthority = (directory: string): string => readFileSync(join(directory, 'ca.crt'), 'utf8');
