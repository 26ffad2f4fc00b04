import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BrokerEngine } from 'wasmqtt/broker';
import { createDevice, TestBroker } from 'wasmqtt/microvisor';

const application = readFileSync('build/app.wasm');
const stores = { 'broker-host': 'broker.example.com', 'broker-port': '8883', 'client-id': 'pump-7' };

async function pump({ seed = 1 } = {}) {
  const broker = new TestBroker((host) => new BrokerEngine(host));
  const device = await createDevice({ guest: application, broker, stores, seed });
  return { broker, device };
}

it('receives a command and acknowledges it', async () => {
  const { broker, device } = await pump();
  await device.until('subscribed');
  broker.engine.publish('command/device/pump-7', 'open', { qos: 1 });
  await device.until('acknowledged');
  expect(device.log.at(-1)).toBe('command on command/device/pump-7: open');
  expect(device.calls('mvMqttAcknowledgeMessage')).toMatchObject([{ status: 'OKAY' }]);
});

it('publishes a reading each second', async () => {
  const { device } = await pump();
  await device.until('subscribed');
  await device.advance(60_000);
  expect(device.published).toHaveLength(60);
  const reading = { reading: 1, temperature_celsius: 20.7, commands: 0 };
  expect(device.published[0]).toMatchObject({
    topic: 'sensor/device/pump-7',
    payload: JSON.stringify(reading),
    qos: 1,
  });
});

it('comes back after the broker was away for a minute', async () => {
  const { broker, device } = await pump();
  await device.until('subscribed');
  broker.isReachable = false;
  broker.drop();
  await device.until('connectFailed');
  await device.advance(60_000);
  broker.isReachable = true;
  await device.until('subscribed');
  await device.until('published');
});

it('does the same in each run', async () => {
  const traces: string[] = [];
  for (let run = 0; run < 2; run++) {
    const { device } = await pump({ seed: 5 });
    await device.advance(10_000);
    traces.push(device.trace);
  }
  expect(traces[1]).toBe(traces[0]);
});
