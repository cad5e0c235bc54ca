import { ensureBinaries } from '../controlplane/build.ts';
import { ensureEngines, missingEngines } from '../controlplane/engines.ts';
import { progressOn, type Progress } from '../controlplane/progress.ts';
import { requireToolchain } from '../controlplane/toolchain.ts';
import { startCluster } from '../processes/cluster.ts';
import { ec2EndpointOf } from '../processes/environment.ts';
import type { Settings } from '../settings.ts';
import { requireArguments, type Command } from './command.ts';

const prepare = async (progress: Progress): Promise<void> => {
  requireToolchain({ maven: missingEngines().length > 0 });
  await ensureBinaries(progress);
  await ensureEngines(progress);
};

/** Builds what is not built, then starts what does not run. */
export const bringUp = async (stateDir: string): Promise<Settings> => {
  const progress = progressOn(process.stdout);
  await prepare(progress);
  return startCluster({ stateDir, progress });
};

export const build: Command = {
  name: 'build',
  usage: 'build',
  summary: 'build the control plane and fetch the QuestDB servers; `up` does so by itself, tests never do',
  options: [],
  run: async ({ arguments: given }) => {
    requireArguments(build, given, 0);
    await prepare(progressOn(process.stdout));
    console.log('Everything is built.');
    return 0;
  },
};

export const up: Command = {
  name: 'up',
  usage: 'up',
  summary: 'start the cluster in the background; what runs already is left alone',
  options: [],
  run: async ({ settings, arguments: given }) => {
    requireArguments(up, given, 0);
    const started = await bringUp(settings.stateDir);
    console.log('The cluster is up.');
    console.log(`  export KUBECONFIG=${started.paths.kubeconfig}`);
    console.log(`  databases   http://127.0.0.1:${started.ports.router}/-/`);
    console.log(`  EC2         ${ec2EndpointOf(started, process.env).url}`);
    return 0;
  },
};
