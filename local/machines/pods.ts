import { ListWatch, Watch, type V1Pod } from '@kubernetes/client-node';
import { messageOf } from './api.ts';
import { startPod, type PodWorker } from './pod.ts';
import type { PodDeps } from './pod-run.ts';
import { pause } from './repeat.ts';

const RECONNECT_MS = 1000;

/** Runs the pods that are bound to this machine's Node, until the power goes. */
export const runPods = (deps: PodDeps): void => {
  const fieldSelector = `spec.nodeName=${deps.nodeName}`;
  const list = () => deps.api.core.listPodForAllNamespaces({ fieldSelector });
  const watch = new Watch(deps.api.config);
  const pods = new ListWatch<V1Pod>('/api/v1/pods', watch, list, false, undefined, fieldSelector);
  const workers = new Map<string, PodWorker>();

  const reconcile = (): void => {
    if (deps.power.aborted) return;
    const byUid = new Map(pods.list().map((pod) => [pod.metadata?.uid ?? '', pod]));
    for (const [uid, worker] of workers) if (!byUid.has(uid)) worker.stop();
    for (const [uid, pod] of byUid) {
      const worker = workers.get(uid);
      if (worker) {
        worker.update(pod);
        continue;
      }
      const started = startPod(deps, pod);
      workers.set(uid, started);
      void started.done.then(() => workers.delete(uid)).then(reconcile);
    }
  };
  pods.on('change', reconcile);
  pods.on('connect', () => {
    // After a list nothing is told of pods whose name another pod has by now.
    setImmediate(reconcile);
  });
  pods.on('error', (error: unknown) => {
    if (deps.power.aborted) return;
    deps.log.warn({ error: messageOf(error) }, 'the watch on pods broke');
    void pause(RECONNECT_MS, deps.power).then(() => (deps.power.aborted ? undefined : pods.start()));
  });
  deps.power.addEventListener('abort', () => void pods.stop(), { once: true });
  void pods.start();
};
