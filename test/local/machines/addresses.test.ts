import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { addressBook } from '../../../local/machines/addresses.ts';

it('gives no container the port that fetch refuses to ask', async () => {
  await expect(fetch('http://127.0.0.1:10080/')).rejects.toMatchObject({ cause: { message: 'bad port' } });
  const folder = mkdtempSync(join(tmpdir(), 'questdb-fleet-addresses-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const addresses = addressBook(folder, 10_078);
  const ports = [await addresses.takePort(), await addresses.takePort()];
  expect(ports).not.toContain(10_080);
});
