import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { acceptAnyone } from '../../hooks/authorization.ts';
import { listen, type ListenOptions } from '../../hooks/listener.ts';
import type { Composition } from '../../hooks/server.ts';
import { keptLog } from '../fixtures/kept-log.ts';
import { idleKinds } from './application.ts';

const options = (port: number, composition: Partial<Composition> = {}): ListenOptions => ({
  host: '127.0.0.1',
  port,
  shutdownDelaySeconds: 0,
  hookBudgetSeconds: 5,
  log: keptLog().log,
  registry: new Registry(),
  authorize: acceptAnyone,
  composition: { kinds: idleKinds, ready: () => true, ...composition },
});

describe('the listener', () => {
  it('keeps connections longer than Metacontroller, which keeps them 90 s', async () => {
    const { server, drain } = await listen(options(0));
    expect(server.keepAliveTimeout).toBe(95_000);
    expect(server.headersTimeout).toBe(100_000);
    await drain();
  });

  it('does not start on a port that is taken, nor what runs beside the calls', async () => {
    const { port, drain } = await listen(options(0));
    const begun: string[] = [];
    const background = () => {
      begun.push('background');
      return () => undefined;
    };
    await expect(listen(options(port, { background }))).rejects.toThrow('EADDRINUSE');
    expect(begun).toEqual([]);
    await drain();
  });

  it('begins what runs beside the calls when it listens, and ends it before it waits for anything', async () => {
    const happened: string[] = [];
    const composition = {
      background: () => {
        happened.push('begun');
        return () => void happened.push('ended');
      },
      close: () => void happened.push('closed'),
    };
    const { drain } = await listen({ ...options(0, composition), shutdownDelaySeconds: 0.01 });
    expect(happened).toEqual(['begun']);
    const draining = drain();
    expect(happened).toEqual(['begun', 'ended']);
    await draining;
    expect(happened).toEqual(['begun', 'ended', 'closed']);
  });
});
