import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { acceptAnyone } from '../../hooks/authorization.ts';
import { listen, type ListenOptions } from '../../hooks/listener.ts';
import { idleKinds, keptLog } from './application.ts';

const options = (port: number): ListenOptions => ({
  host: '127.0.0.1',
  port,
  shutdownDelaySeconds: 0,
  hookBudgetSeconds: 5,
  log: keptLog().log,
  registry: new Registry(),
  authorize: acceptAnyone,
  composition: { kinds: idleKinds, ready: () => true },
});

describe('the listener', () => {
  it('keeps connections longer than Metacontroller, which keeps them 90 s', async () => {
    const { server, drain } = await listen(options(0));
    expect(server.keepAliveTimeout).toBe(95_000);
    expect(server.headersTimeout).toBe(100_000);
    await drain();
  });

  it('does not start on a port that is taken', async () => {
    const { port, drain } = await listen(options(0));
    await expect(listen(options(port))).rejects.toThrow('EADDRINUSE');
    await drain();
  });
});
