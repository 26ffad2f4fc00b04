import { describe, expect, it } from 'vitest';
import { refuse } from '../../../../host/broker/index.js';
import { type BrokerMetrics, createMetrics } from '../../../../host/broker/observe/metrics.js';
import { TrafficCounter } from '../../../../host/broker/observe/traffic-counter.js';
import { World } from '../world.js';

const lag = { read: () => ({ '0.5': 0.001, '0.99': 0.01, '1': 0.1 }), close() {} };

async function start(options: ConstructorParameters<typeof World>[0] = {}) {
  const traffic = new TrafficCounter();
  const world = new World({ taps: [traffic], ...options });
  traffic.watch(world.engine);
  return { world, metrics: await createMetrics({ state: world.engine.inspection, traffic, lag }) };
}

/** The samples, without comments. */
async function samples(metrics: BrokerMetrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the metrics', () => {
  it('say what the broker holds and what went through it', async () => {
    const { world, metrics } = await start();
    const client = world.connect({ clientId: 'c' });
    client.subscribe('a', { qos: 1 });
    client.publish('a', '12345', { qos: 1, retain: true });
    world.open();
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'wasmqtt_clients 1',
        'wasmqtt_connections 2',
        'wasmqtt_connections_total 2',
        'wasmqtt_sessions 1',
        'wasmqtt_subscriptions 1',
        'wasmqtt_retained_messages 1',
        'wasmqtt_inflight_messages 1',
        'wasmqtt_packets_total{direction="in"} 3',
        'wasmqtt_packets_total{direction="out"} 4',
        'wasmqtt_publishes_total{direction="in"} 1',
        'wasmqtt_payload_bytes_total{direction="out"} 5',
        'wasmqtt_event_loop_lag_seconds{quantile="0.99"} 0.01',
      ]),
    );
  });

  it('count refusals, drops and disconnections by reason', async () => {
    const rules = {
      connect: ({ clientId }: { clientId: string }) =>
        clientId === 'bad' ? refuse('no', 0x86) : ({ allow: true } as const),
    };
    const { world, metrics } = await start({ rules });
    world.connect({ clientId: 'bad' });
    world.connect({ clientId: 'good' }).publish('$SYS/x', 'x');
    world.connect({ clientId: 'good' }).disconnect();
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'wasmqtt_connections_refused_total{reason="badUserNameOrPassword"} 1',
        'wasmqtt_messages_dropped_total{reason="not authorised"} 1',
        'wasmqtt_messages_dropped_total{reason="queue full"} 0',
        'wasmqtt_disconnections_total{reason="sessionTakenOver"} 1',
        'wasmqtt_disconnections_total{reason="none"} 1',
      ]),
    );
  });

  it('count up from scrape to scrape, not twice', async () => {
    const { world, metrics } = await start();
    world.connect();
    for (let scrape = 0; scrape < 3; scrape++) {
      expect(await samples(metrics)).toContain('wasmqtt_packets_total{direction="in"} 1');
    }
  });

  it('have no more samples however many clients, topics and codes there are', async () => {
    const rules = { connect: ({ keepAlive }: { keepAlive: number }) => refuse('no', 0x80 + (keepAlive % 0x80)) };
    const { world, metrics } = await start({ rules });
    for (let code = 0; code < 128; code++) world.connect({ clientId: `c${code}`, keepAlive: code, protocolVersion: 5 });
    const count = (await samples(metrics)).length;
    for (let index = 0; index < 1000; index++) {
      world.engine.publish(`topic/${index}`, 'x', { retain: true });
      world.connect({ clientId: `d${index}`, keepAlive: index, protocolVersion: 5 });
    }
    expect((await samples(metrics)).length).toBe(count);
    expect(await metrics.text()).not.toContain('topic/');
  });

  it('have a histogram of the commits of the journal', async () => {
    const { metrics } = await start();
    for (const seconds of [0.0007, 0.004]) metrics.commit(seconds);
    expect(await samples(metrics)).toEqual(
      expect.arrayContaining([
        'wasmqtt_commit_seconds_bucket{le="0.0005"} 0',
        'wasmqtt_commit_seconds_bucket{le="0.001"} 1',
        'wasmqtt_commit_seconds_count 2',
      ]),
    );
  });

  it('are of one broker each, when there are several in the process', async () => {
    const [first, second] = [await start(), await start()];
    first.world.connect();
    expect(await samples(first.metrics)).toContain('wasmqtt_clients 1');
    expect(await samples(second.metrics)).toContain('wasmqtt_clients 0');
  });

  it('measure how late the event loop is', async () => {
    const traffic = new TrafficCounter();
    const metrics = await createMetrics({ state: new World().engine.inspection, traffic });
    const lines = await samples(metrics);
    metrics.close();
    expect(
      lines.filter((line) => /^wasmqtt_event_loop_lag_seconds\{quantile="(0\.5|0\.99|1)"\} [\d.e-]+$/.test(line)),
    ).toHaveLength(3);
  });
});
