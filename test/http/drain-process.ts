import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { acceptAnyone } from '../../hooks/authorization.ts';
import { drainOnSignal, listen } from '../../hooks/listener.ts';
import { createLog } from '../../hooks/log.ts';
import { repeat } from '../../hooks/repetition.ts';

/**
 * A process of the server whose QuestDB hook answers once a file named `answer` is in the folder of its first argument, and leaves
 * `called` and `closed` there; that of the QuestDBVolume throws where nobody catches. What runs beside the calls adds a dot to `ticks` again and again,
 * and leaves `ended`. The second argument is the delay of its shutdown, in seconds.
 */
const [folder = '', delay = '0'] = process.argv.slice(2);

const answerAppears = async (): Promise<void> => {
  const changes = watch(folder);
  writeFileSync(`${folder}/called`, '');
  for await (const _change of changes) if (existsSync(`${folder}/answer`)) return;
};

const idle = {
  customize: () => ({ relatedResources: [] }),
  sync: () => Promise.resolve({ status: {}, children: [] }),
  finalize: () => Promise.resolve({ status: {}, children: [], finalized: true }),
};

const slow = { ...idle, sync: () => answerAppears().then(() => ({ status: { slow: true }, children: [] })) };

const throwing = {
  ...idle,
  sync: () => {
    setImmediate(() => {
      throw new Error('nobody foresaw this');
    });
    return idle.sync();
  },
};

const background = () => {
  const end = repeat({
    everySeconds: 0.01,
    work: () => {
      appendFileSync(`${folder}/ticks`, '.');
      return Promise.resolve();
    },
    onError: (error) => {
      throw error;
    },
  });
  return () => {
    end();
    writeFileSync(`${folder}/ended`, '');
  };
};

const options = {
  host: '127.0.0.1',
  port: 0,
  shutdownDelaySeconds: Number(delay),
  hookBudgetSeconds: 8,
  log: createLog('info'),
  registry: new Registry(),
  authorize: acceptAnyone,
  composition: {
    kinds: { questdb: slow, questdbnode: idle, questdbvolume: throwing },
    ready: () => true,
    background,
    close: () => writeFileSync(`${folder}/closed`, ''),
  },
};

drainOnSignal(await listen(options), options);
