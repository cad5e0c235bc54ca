import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../processes/lock.ts';
import { runCommand } from '../processes/command.ts';
import {
  BUILD_FLAGS,
  MODULE_DIRECTORY,
  TOOLS,
  binariesAreBuilt,
  cacheDirectory,
  installationDirectory,
} from './binaries.ts';
import type { Progress } from './progress.ts';
import { moduleDirectory, requireGo } from './toolchain.ts';

const buildEnvironment = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' };

const buildTool = (name: string, path: string, directory: string): Promise<string> =>
  runCommand('go', ['build', ...BUILD_FLAGS, '-o', join(directory, name), path], {
    cwd: MODULE_DIRECTORY,
    env: buildEnvironment,
  });

/** Module directories are read-only; copies must not be, or a cache could never be deleted. */
const copyAsset = (from: string, to: string): Promise<string> =>
  runCommand('cp', ['-R', '--no-preserve=mode', from, to]);

const copyAssets = async (directory: string): Promise<void> => {
  const csi = moduleDirectory('github.com/container-storage-interface/spec', MODULE_DIRECTORY);
  const snapshots = moduleDirectory('github.com/kubernetes-csi/external-snapshotter/client/v8', MODULE_DIRECTORY);
  const kwok = moduleDirectory('sigs.k8s.io/kwok', MODULE_DIRECTORY);
  await copyAsset(join(csi, 'csi.proto'), join(directory, 'csi.proto'));
  await copyAsset(join(snapshots, 'config', 'crd'), join(directory, 'snapshot-crds'));
  await copyAsset(join(kwok, 'kustomize', 'stage'), join(directory, 'kwok-stages'));
};

const buildAll = async (progress: Progress): Promise<void> => {
  requireGo();
  const tools = Object.entries(TOOLS);
  progress.note('Building the control plane with Go (about 8 minutes on 2 cores the first time, never again after).');
  const staging = mkdtempSync(join(cacheDirectory(), 'building-'));
  try {
    mkdirSync(join(staging, 'bin'));
    for (const [index, [name, path]] of tools.entries()) {
      await progress.step(`${name}, ${index + 1} of ${tools.length}`, () =>
        buildTool(name, path, join(staging, 'bin')),
      );
    }
    await copyAssets(staging);
    renameSync(staging, installationDirectory());
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
};

/**
 * Builds every tool of the control plane unless this version is there already. Safe to call from several processes:
 * one builds, the others wait. The result appears by a rename, so half a build is never used.
 */
export const ensureBinaries = async (progress: Progress): Promise<void> => {
  if (binariesAreBuilt()) return;
  const sayWaiting = (pid: number) => progress.note(`Process ${pid} is building the control plane already: waiting.`);
  await withLock(`${installationDirectory()}.lock`, sayWaiting, async () => {
    if (!binariesAreBuilt()) await buildAll(progress);
  });
};
