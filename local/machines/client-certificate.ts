import '../controlplane/reflect-metadata.ts';
import type { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const ONE_YEAR = 365 * 24 * 3600 * 1000;
const BACKDATED = 3600 * 1000;

const signingKey = async (folder: string): Promise<webcrypto.CryptoKey> =>
  crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(await readFile(join(folder, 'ca.key'), 'utf8')), ALGORITHM, false, ['sign']); // prettier-ignore

/**
 * A client certificate for the kubelet of that Node, signed by the cluster's authority: it stands for what EKS' IAM
 * authenticator gives a kubelet, user `system:node:<name>` in group `system:nodes`. Both PEM.
 *
 * @param pkiFolder holds ca.crt and ca.key
 */
export const issueNodeCertificate = async (
  pkiFolder: string,
  nodeName: string,
): Promise<{ cert: string; key: string }> => {
  const authority = new x509.X509Certificate(await readFile(join(pkiFolder, 'ca.crt'), 'utf8'));
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=system:node:${nodeName}, O=system:nodes`,
    issuer: authority.subject,
    notBefore: new Date(Date.now() - BACKDATED),
    notAfter: new Date(Date.now() + ONE_YEAR),
    publicKey: keys.publicKey,
    signingKey: await signingKey(pkiFolder),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
  });
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
};
