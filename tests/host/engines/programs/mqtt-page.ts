// MQTT.js in a page: publishes to itself in both versions, and writes what it got on the console.
import 'wasmqtt/inline';
import mqtt from 'mqtt/index';

declare const brokerPort: number;

const PAYLOADS = { 't/small': 'x', 't/é €': '21.5 °C', 't/large': 'y'.repeat(200_000) };

/** Topics and QoS of the messages that came back whole, and the rule that a refused topic breaks. */
async function exchange(protocolVersion: 4 | 5): Promise<string[]> {
  const client = await mqtt.connectAsync({
    protocol: 'ws',
    hostname: '127.0.0.1',
    port: brokerPort,
    path: '/mqtt',
    protocolVersion,
    reconnectPeriod: 0,
  });
  await client.subscribeAsync('t/#', { qos: 2 });
  const lines: string[] = [];
  const all = new Promise<void>((resolve) => {
    client.on('message', (topic, payload, { qos }) => {
      const text = new TextDecoder().decode(payload);
      lines.push(text === PAYLOADS[topic as keyof typeof PAYLOADS] ? `${topic} ${qos}` : `${topic}: ${text}`);
      if (lines.length === 3) resolve();
    });
  });
  for (const [qos, [topic, payload]] of Object.entries(PAYLOADS).entries())
    await client.publishAsync(topic, payload, { qos: qos as 0 | 1 | 2 });
  await all;
  const refused = new Promise<string>((resolve) => {
    client.on('error', (error) => resolve(`${(error as { codeName?: string }).codeName}`));
  });
  client.publish('t/#', 'x');
  return [...lines, await refused];
}

console.log(JSON.stringify({ 4: await exchange(4), 5: await exchange(5) }));
