import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from '../../local/controlplane/kubectl.ts';
import { waitUntil } from '../../local/processes/health.ts';
import type { Settings } from '../../local/settings.ts';

const NAMESPACE = 'default';
const NAME = 'bench';
const READY_SECONDS = 300;
const PERIOD_MS = 25;

type Condition = { type: string; status: string; observedGeneration?: number };
type Found = { metadata: { uid: string; generation: number; name: string }; status?: { conditions?: Condition[] } };

const manifestOf = (instanceType: string) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDB',
  metadata: { namespace: NAMESPACE, name: NAME },
  spec: { version: '9.3.4', node: { instanceType }, storage: { size: '20Gi' } },
});

const isReady = ({ metadata, status }: Found): boolean =>
  status?.conditions?.some(
    ({ type, status: said, observedGeneration }) =>
      type === 'Ready' && said === 'True' && observedGeneration === metadata.generation,
  ) === true;

/** The database that is moved, as its user has it. */
export const benchDatabase = (settings: Settings) => {
  const run = (...args: string[]): Promise<string> => kubectl(settings, [...args, '-n', NAMESPACE]);
  const get = async (what: string): Promise<Found> => JSON.parse(await run('get', what, '-o', 'json')) as Found;
  const url = `http://127.0.0.1:${settings.ports.router}/-/${NAMESPACE}/${NAME}/exec?query=select%201`;
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      async (response) => {
        await response.text();
        return response.ok;
      },
      () => false,
    );

  return {
    run,
    get,
    name: NAME,
    namespace: NAMESPACE,
    /** Asks for an instance of that type and waits until the database is Ready on it. */
    moveTo: async (instanceType: string): Promise<void> => {
      await kubectl(settings, ['apply', '-f', '-'], JSON.stringify(manifestOf(instanceType)));
      await waitUntil(async () => (isReady(await get(`questdb/${NAME}`)) ? true : undefined), {
        seconds: READY_SECONDS,
        message: () => `The database is not Ready on ${instanceType}.`,
      });
    },
    waitUntilReady: (what: string): Promise<true> =>
      waitUntil(async () => (isReady(await get(what)) ? true : undefined), {
        seconds: READY_SECONDS,
        message: () => `${what} is not Ready.`,
      }),
    /** Milliseconds from the last answer to the next, while `act` lets the database move. It must be away once. */
    gapDuring: async (act: () => Promise<void>): Promise<number> => {
      let lastAnswer = Date.now();
      let gap = 0;
      const acting = new AbortController();
      const asking = (async () => {
        while (!acting.signal.aborted || gap === 0) {
          if (await answers()) {
            const now = Date.now();
            gap = Math.max(gap, now - lastAnswer > 20 * PERIOD_MS ? now - lastAnswer : 0);
            lastAnswer = now;
          }
          await sleep(PERIOD_MS);
        }
      })();
      await act();
      acting.abort();
      await asking;
      return gap;
    },
  };
};

export type BenchDatabase = ReturnType<typeof benchDatabase>;
