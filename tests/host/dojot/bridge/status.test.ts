import { expect, it, onTestFinished } from 'vitest';
import { serveBridgeStatus } from '../../../../host/dojot/bridge/run/bridge-status.js';
import type { RunningBridge } from '../../../../host/dojot/bridge/run/running-bridge.js';

const counts = { received: 7, carried: 5, skipped: 0, deadLetters: 1, dropped: 0, repeated: 0, inHand: 1 };

async function served(bridge: Partial<RunningBridge>) {
  const running = { mqttConnected: true, kafkaReady: true, counts, close: async () => {}, ...bridge };
  const status = await serveBridgeStatus(running, { port: 0 });
  onTestFinished(() => status.close());
  const get = async (path: string) => {
    const answer = await fetch(`${status.url}${path}`);
    return `${answer.status} ${await answer.text()}`;
  };
  return { status, get };
}

it('a bridge with both connections is ready, in the words of dojot', async () => {
  const { get } = await served({});
  expect(await Promise.all(['/health', '/live', '/ready'].map(get))).toEqual([
    '200 SERVER_IS_READY',
    '200 SERVER_IS_NOT_SHUTTING_DOWN',
    '200 SERVER_IS_READY',
  ]);
});

it.each([{ mqttConnected: false }, { kafkaReady: false }])(
  'a bridge with %j lives and is not ready',
  async (bridge) => {
    const { get } = await served(bridge);
    expect(await Promise.all(['/health', '/live', '/ready'].map(get))).toEqual([
      '500 SERVER_IS_NOT_READY',
      '200 SERVER_IS_NOT_SHUTTING_DOWN',
      '500 SERVER_IS_NOT_READY',
    ]);
  },
);

it('a bridge that ends says so', async () => {
  const { status, get } = await served({});
  status.ending();
  expect(await Promise.all(['/health', '/live', '/ready'].map(get))).toEqual([
    '500 SERVER_IS_SHUTTING_DOWN',
    '500 SERVER_IS_SHUTTING_DOWN',
    '500 SERVER_IS_NOT_READY',
  ]);
});

it('metrics say what was carried, and what is in hand', async () => {
  const { get } = await served({});
  const text = await get('/metrics');
  for (const line of [
    'wasmqtt_bridge_received_total 7',
    'wasmqtt_bridge_dead_letters_total 1',
    'wasmqtt_bridge_in_hand 1',
  ]) {
    expect(text).toContain(`\n${line}\n`);
  }
});

it('a path that there is not is answered with those that there are', async () => {
  const { get } = await served({});
  expect(await get('/x')).toMatch(/^404 .*\/health/);
});
