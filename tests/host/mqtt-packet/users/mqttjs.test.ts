// needs: mosquitto
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from '../../../interop/child.js';
import { freePort, temporaryFolder } from '../../../interop/temporary.js';
import { OverriddenFolder } from './overridden-folder.js';

const { folder, remove } = temporaryFolder();
const packages = new OverriddenFolder();
let mosquitto: Child;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, `log_dest stderr\nallow_anonymous true\nlistener ${port} 127.0.0.1\n`);
  mosquitto = new Child('mosquitto', ['-c', config]);
  await mosquitto.line('stderr', /mosquitto version \S+ running/);
});

afterAll(async () => {
  await mosquitto.kill();
  packages.remove();
  remove();
});

type Line = { event: string } & Record<string, unknown>;

describe.each([3, 4, 5] as const)('MQTT.js in version %i on this codec', (version) => {
  let lines: Line[];
  const all = (event: string) => lines.filter((line) => line.event === event).map(({ event: _, ...data }) => data);

  beforeAll(async () => {
    const program = packages.run('mqttjs.cjs', `${port}`, `${version}`);
    const { code, stdout, stderr } = await program.ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  it('loads it in place of mqtt-packet, with nothing on standard error', () => {
    expect(all('codec')).toEqual([{ ours: true, cacheNumbers: false }]);
    expect(all('done')).toHaveLength(1);
  });

  it('connects to mosquitto and subscribes', () => {
    const code = version === 5 ? { reasonCode: 0 } : { returnCode: 0 };
    expect(all('connack')).toMatchObject([{ connack: { cmd: 'connack', sessionPresent: false, ...code } }]);
    expect(all('granted')).toMatchObject([{ granted: [{ topic: 't/#', qos: 2 }] }]);
  });

  it('sends and receives messages of QoS 0, 1 and 2, an empty and a large one, and a will', () => {
    const messages = all('message') as { topic: string; payload: string | number; qos: number; retain: boolean }[];
    expect(messages.map(({ topic, payload, qos, retain }) => [topic, payload, qos, retain])).toEqual([
      ['t/q0/é', 'payload 0 €', 0, false],
      ['t/q1/é', 'payload 1 €', 1, false],
      ['t/q2/é', 'payload 2 €', 2, false],
      ['t/large', 200_000, 1, false],
      ['t/empty', '', 0, false],
      ['t/will', 'gone', 1, false],
    ]);
  });

  if (version === 5) {
    it('keeps the properties of MQTT 5, including those of the will', () => {
      const messages = all('message') as { properties: Record<string, unknown>; correlationData?: string }[];
      for (const { properties, correlationData } of messages.slice(0, 3)) {
        expect(properties).toEqual({
          payloadFormatIndicator: true,
          messageExpiryInterval: expect.any(Number),
          contentType: 'text/plain',
          responseTopic: 'answer',
          userProperties: { k: ['1', '2'] },
          subscriptionIdentifier: 321,
        });
        expect(correlationData).toBe('c');
      }
      expect(messages[5].properties).toEqual({
        contentType: 'text/plain',
        userProperties: { u: '€' },
        subscriptionIdentifier: 321,
      });
    });
  }

  it('learns of a topic that must not be sent', () => {
    expect(all('refused')).toEqual([{ name: 'PacketError', codeName: 'TOPIC_WILDCARD', statement: 'MQTT-3.3.2-2' }]);
  });
});
