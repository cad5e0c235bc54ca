import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePki } from '../../../local/controlplane/pki.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleet-pki-'));
const read = (name: string): string => readFileSync(join(directory, name), 'utf8');

beforeAll(() => ensurePki(directory));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the PKI of a cluster', () => {
  it('has an authority that issued the serving certificate', () => {
    const authority = new X509Certificate(read('ca.crt'));
    const serving = new X509Certificate(read('apiserver.crt'));
    expect(authority.ca).toBe(true);
    expect(serving.ca).toBe(false);
    expect(serving.checkIssued(authority)).toBe(true);
    expect(serving.verify(authority.publicKey)).toBe(true);
  });

  it('serves under every name the API server is called by, and no other', () => {
    const serving = new X509Certificate(read('apiserver.crt'));
    expect(serving.checkIP('127.0.0.1')).toBeDefined();
    expect(serving.checkHost('localhost')).toBeDefined();
    expect(serving.checkHost('kubernetes.default.svc')).toBeDefined();
    expect(serving.checkHost('example.com')).toBeUndefined();
  });

  it('keeps keys that belong to their certificates, for their owner alone', () => {
    for (const name of ['ca', 'apiserver']) {
      const certificate = new X509Certificate(read(`${name}.crt`));
      expect(certificate.checkPrivateKey(createPrivateKey(read(`${name}.key`)))).toBe(true);
      expect(statSync(join(directory, `${name}.key`)).mode & 0o077).toBe(0);
    }
    const derived = createPublicKey(createPrivateKey(read('sa.key')));
    expect(derived.equals(createPublicKey(read('sa.pub')))).toBe(true);
  });

  it('is made once', async () => {
    const before = read('ca.crt');
    await ensurePki(directory);
    expect(read('ca.crt')).toBe(before);
  });
});
