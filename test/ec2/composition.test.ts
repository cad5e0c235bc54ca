import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { Registry } from 'prom-client';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acceptAnyone } from '../../hooks/authorization.ts';
import { OWNER_UID } from '../../hooks/api/labels.ts';
import { launchInput } from '../../hooks/aws/launch.ts';
import { composeHooks } from '../../hooks/compose.ts';
import { readConfig } from '../../hooks/config.ts';
import { listen, type Listening } from '../../hooks/listener.ts';
import { keptLog } from '../fixtures/kept-log.ts';
import { startApiServer, type ApiAnswer, type ApiRequest, type StubApiServer } from '../harness/api-server.ts';
import { createNodeLists, type NodeLists } from '../harness/questdbnode-lists.ts';
import { CLUSTER_NAME, intent, NAMESPACE, nodeSpec } from './objects.ts';
import { openWire, type Wire } from './wire.ts';

let wire: Wire;
let lists: NodeLists;
let apiServer: StubApiServer;
let listening: Listening | undefined;

const parentNamed = (name: string) => ({
  apiVersion: 'questdb-fleet.dev/v1alpha1',
  kind: 'QuestDBNode',
  metadata: { name, namespace: NAMESPACE, uid: `uid-of-${name}`, generation: 1, resourceVersion: '1' },
  spec: nodeSpec(),
});

/** Every QuestDBNode that is asked for by name is there; lists are as a test says. */
const answer = (asked: ApiRequest): ApiAnswer | Promise<ApiAnswer> => {
  const name = /\/questdbnodes\/([^/]+)$/.exec(asked.url.pathname)?.[1];
  return name === undefined ? lists.answer(asked) : { status: 200, body: parentNamed(name) };
};

beforeEach(async () => {
  wire = await openWire();
  lists = createNodeLists();
  apiServer = await startApiServer(answer);
  vi.stubEnv('KUBECONFIG', apiServer.kubeconfig);
});
afterEach(async () => {
  await listening?.drain({ wait: false });
  listening = undefined;
  await apiServer.close();
  await wire.close();
});

/** The process as main.ts makes it, on a port of its own; answers its address and its log. */
const start = async (env: Record<string, string> = {}) => {
  const config = readConfig({ CLUSTER_NAME, AWS_REGION: 'eu-west-1', HOST: '127.0.0.1', PORT: '0', ...env });
  const { log, lines } = keptLog();
  const registry = new Registry();
  const composition = composeHooks(config, log, registry);
  listening = await listen({ ...config, log, registry, authorize: acceptAnyone, composition });
  return { url: `http://127.0.0.1:${listening.port}`, lines };
};

const sync = (url: string, name: string) =>
  request(url)
    .post('/questdbnode/sync')
    .send({ parent: parentNamed(name), children: {}, related: {}, finalizing: false });

const figuresOf = async (url: string, pattern: RegExp): Promise<string[]> =>
  (await request(url).get('/metrics')).text.split('\n').filter((line) => pattern.test(line));

describe('hooks that EC2 throttles', () => {
  const throttle = (times: number): void =>
    void wire.simulator.command('fail', { action: 'DescribeInstances', code: 'RequestLimitExceeded', times });

  it('answer 429 and say when to ask again, and both requests are counted', async () => {
    const { url } = await start();
    throttle(2);
    const response = await sync(url, 'orders');
    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toMatch(/^[3-7]$/);
    expect(response.body).toEqual({
      error: { code: 'RETRY_LATER', message: 'EC2 DescribeInstances: RequestLimitExceeded; trying again.' },
    });
    expect(await figuresOf(url, /^questdb_fleet_(ec2_requests|hook_requests)_total/)).toEqual(
      expect.arrayContaining([
        'questdb_fleet_ec2_requests_total{operation="DescribeInstances",outcome="RequestLimitExceeded"} 2',
        'questdb_fleet_hook_requests_total{hook="questdbnode/sync",outcome="retry_later"} 1',
      ]),
    );
    expect((await sync(url, 'orders')).status).toBe(200);
    expect(await figuresOf(url, /^questdb_fleet_ec2_requests_total/)).toContain(
      'questdb_fleet_ec2_requests_total{operation="DescribeInstances",outcome="ok"} 1',
    );
  });

  it('ask EC2 once for all databases, and spread when these come back', async () => {
    const { url } = await start();
    throttle(2);
    const responses = await Promise.all(Array.from({ length: 40 }, (_, index) => sync(url, `db-${index}`)));
    const throttled = responses.filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThan(1);
    expect(throttled.every(({ headers }) => /^[3-7]$/.test(String(headers['retry-after'])))).toBe(true);
    expect(wire.simulator.model.calls.DescribeInstances).toBeLessThanOrEqual(3);
  });
});

describe('the process', () => {
  const launch = async (ownerUid: string): Promise<string> => {
    const input = launchInput(intent({ token: ownerUid, tags: { ...intent().tags, [OWNER_UID]: ownerUid } }));
    const { Instances } = await wire.clients.once.send(new RunInstancesCommand(input));
    return Instances?.[0]?.InstanceId ?? '';
  };
  const stateOf = (id: string): string | undefined => wire.simulator.model.account.instances[id]?.state;
  const until = (look: () => void | Promise<void>) => vi.waitFor(look, { timeout: 15_000, interval: 50 });
  const OFTEN = { LEAK_CHECK_SECONDS: '1', LEAK_AGE_SECONDS: '1' };

  it('finds leaks in its own time, and leaves them alone', async () => {
    const [gone, kept] = [await launch('uid-gone'), await launch('uid-kept')];
    lists.uids.add('uid-kept');
    const { url, lines } = await start(OFTEN);
    // Whatever the first check did is over when a second one is.
    await until(async () =>
      expect(await figuresOf(url, /^questdb_fleet_leak_checks_total{outcome="ok"} [2-9]/)).toHaveLength(1),
    );
    expect(await figuresOf(url, /^questdb_fleet_leaked_instances.* 1$/)).toEqual([
      'questdb_fleet_leaked_instances{reason="OwnerGone"} 1',
    ]);
    expect(lines()).toContainEqual(expect.objectContaining({ instanceId: gone, reason: 'OwnerGone' }));
    expect([stateOf(gone), stateOf(kept)]).not.toContain('shutting-down');
  });

  it('terminates them where that is switched on, and no other', async () => {
    const [gone, kept] = [await launch('uid-gone'), await launch('uid-kept')];
    lists.uids.add('uid-kept');
    const { url } = await start({ ...OFTEN, COLLECT_LEAKS: 'true' });
    await until(async () =>
      expect(await figuresOf(url, /^questdb_fleet_leaks_collected_total/)).toEqual([
        'questdb_fleet_leaks_collected_total 1',
      ]),
    );
    expect(stateOf(gone)).toBe('shutting-down');
    expect(stateOf(kept)).not.toBe('shutting-down');
  });

  it('begins no checks where they are switched off', () => {
    const config = readConfig({ CLUSTER_NAME, AWS_REGION: 'eu-west-1', LEAK_CHECK_SECONDS: '0' });
    expect(composeHooks(config, keptLog().log, new Registry()).background).toBeUndefined();
  });
});
