import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../../cli/arguments.ts';
import { runCommand } from '../../../cli/commands.ts';
import { createKubeApi } from '../../../hooks/cluster/kube-api.ts';
import { UserError } from '../../../cli/user-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'questdb-fleet-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const fileWith = (text: string): string => {
  const path = join(folder, 'db.yaml');
  writeFileSync(path, text);
  return path;
};

const MANIFEST = `apiVersion: questdb-fleet.dev/v1alpha1
kind: QuestDB
metadata: {name: trades}
spec:
  version: 9.3.4
  storage: {size: 20Gi}
`;

const unreachable = () => {
  throw new Error('no cluster is needed');
};
const run = (...words: string[]) => runCommand(readArguments(words), unreachable);

describe('the command line', () => {
  it.each([
    [['render'], 'render needs -f <file>'],
    [['explain'], 'explain needs the name of a QuestDB'],
    [['apply', '-f', 'x'], '"apply" is no command; those are render, diff and explain'],
    [['explain', 'a', 'b'], 'too many words: b'],
    [['render', '--file', 'x'], "Unknown option '--file'"],
    [
      ['render', '-f', 'x', '--allocatable', 'much'],
      '--allocatable takes CPU and memory such as 7910m,61Gi, not "much"',
    ],
  ])('%j is told what is allowed', (words, message) => {
    expect(() => readArguments(words)).toThrow(UserError);
    expect(() => readArguments(words)).toThrow(message);
  });

  it('explains itself', async () => {
    expect((await run()).text).toContain('Usage: questdb-fleet <command>');
    expect((await run('render', '--help')).text).toContain('Usage: questdb-fleet <command>');
  });

  it('says that there is no cluster to ask, without a stack', async () => {
    const connect = () => createKubeApi(new KubeConfig());
    const asked = runCommand(readArguments(['explain', 'trades']), connect);
    await expect(asked).rejects.toThrow(UserError);
    await expect(asked).rejects.toThrow('No Kubernetes cluster is configured: set KUBECONFIG');
  });

  it('renders without a cluster, into the namespace that is said', async () => {
    const { text, exitCode } = await run('render', '-f', fileWith(MANIFEST), '-n', 'acme');
    expect(exitCode).toBe(0);
    expect(text.match(/^kind: .*$/gm)).toEqual([
      'kind: ConfigMap',
      'kind: QuestDBVolume',
      'kind: Service',
      'kind: Service',
      'kind: NetworkPolicy',
      'kind: StatefulSet',
    ]);
    expect(text).toContain('  namespace: acme');
  });

  it.each([
    ['a file that is not there', undefined, /cannot be read/],
    ['what is no YAML', 'a: [', /is no YAML/],
    ['a file without a QuestDB', 'kind: Pod', /has no QuestDB/],
    ['a misspelt field', MANIFEST.replace('storage:', 'storge: {}\n  storage:'), /unknown fields: spec\.storge/],
    ['a wrong value', MANIFEST.replace('9.3.4', 'latest'), /spec\.version/],
    ['a missing one', MANIFEST.replace('  storage: {size: 20Gi}\n', ''), /storage/],
  ])('refuses %s and says why', async (_name, text, message) => {
    const path = text === undefined ? join(folder, 'none.yaml') : fileWith(text);
    await expect(run('render', '-f', path)).rejects.toThrow(UserError);
    await expect(run('render', '-f', path)).rejects.toThrow(message);
  });
});
