import { join } from 'node:path';
import { runCommand } from '../processes/command.ts';
import type { Settings } from '../settings.ts';
import { binaryPath } from './binaries.ts';

/** Runs kubectl as the cluster's administrator and answers what it printed; `input` goes to its standard input. */
export const kubectl = (settings: Settings, args: readonly string[], input?: string): Promise<string> =>
  runCommand(binaryPath('kubectl'), args, {
    // Its discovery cache goes by host and port: another cluster may have had the same ones.
    env: { ...process.env, KUBECONFIG: settings.paths.kubeconfig, KUBECACHEDIR: join(settings.stateDir, 'kubectl') },
    ...(input === undefined ? {} : { input }),
  });

/** Applies manifests given as text. */
export const applyText = async (settings: Settings, manifests: string): Promise<void> => {
  await kubectl(settings, ['apply', '-f', '-'], manifests);
};

/** Waits until the API server serves the custom resources whose definitions exist. */
export const waitForDefinitions = async (settings: Settings): Promise<void> => {
  await kubectl(settings, ['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
};
