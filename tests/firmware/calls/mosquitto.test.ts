// needs: gcc, stdio.h, wasm2c, mosquitto, mosquitto_pub, mosquitto_sub
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from '../../interop/child.js';
import { freePort } from '../../interop/temporary.js';
import { temporaryFolder } from '../temporary-folder.js';
import { Conversation } from './conversation.js';
import { drivers } from './drivers.js';

const folder = temporaryFolder();
const programs = drivers(folder);
let port = 0;
let mosquitto: Child;

async function start(): Promise<void> {
  mosquitto = new Child('mosquitto', ['-c', join(folder, 'mosquitto.conf')]);
  await mosquitto.line('stderr', /mosquitto version \S+ running/);
}

beforeAll(async () => {
  port = await freePort();
  const user = process.getuid?.() === 0 ? ['user root'] : [];
  const lines = [...user, 'log_dest stderr', 'log_type all', 'allow_anonymous true', `listener ${port} 127.0.0.1`];
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  await start();
});

afterAll(() => mosquitto.kill());

const publish = (topic: string, message: string, qos: number) =>
  execFileSync('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-m', message, '-q', String(qos)]);

let watchers = 0;

/** mosquitto_sub, which ends with the first message of the topic; it is subscribed already. */
async function watch(topic: string): Promise<Child> {
  const id = `watcher-${++watchers}`;
  const child = new Child('mosquitto_sub', [
    '-h',
    '127.0.0.1',
    '-p',
    `${port}`,
    '-i',
    id,
    '-t',
    topic,
    '-q',
    '2',
    '-C',
    '1',
    '-v',
  ]);
  await mosquitto.line('stderr', new RegExp(`Sending SUBACK to ${id}$`));
  return child;
}

/** As calls-driver.c prints a message: its correlation id, topic, length, a sum of its bytes, QoS and retain. */
const printed = (id: number, topic: string, payload: string, qos: number) =>
  `0 ${id} ${topic} ${payload.length} ${[...payload].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0, 0)} ${qos} 0`;

const cases = (['wasm3', 'wasm2c'] as const).flatMap((engine) =>
  ([4, 5] as const).map((version) => ({ engine, version })),
);

describe.each(cases)('calls in C on $engine with mosquitto, MQTT version $version', ({ engine, version }) => {
  const client = `calls-${engine}-${version}`;
  let device: Conversation;

  it('connects and subscribes', async () => {
    device = new Conversation(programs[engine], port);
    await device.connect(version, 1, client);
    expect(await device.say(`subscribe 7 2 to/${client} other/#`)).toBe('0');
    await device.say('wait 1');
    expect(await device.say('read-subscribe 8')).toBe('0 0 7 2 2');
  });

  it.each([0, 1, 2])('publishes with QoS %i', async (qos) => {
    const watcher = await watch(`from/${client}`);
    expect(await device.say(`publish 5 ${qos} 0 from/${client} payload-${qos}`)).toBe('0');
    expect(await device.say('wait 1')).toBe('2:81');
    expect(await device.say('read-publish')).toBe('0 0 5 0');
    expect((await watcher.ended).stdout).toBe(`from/${client} payload-${qos}\n`);
  });

  it.each([0, 1, 2])('receives with QoS %i, and acknowledges', async (qos) => {
    publish(`to/${client}`, `message ${qos}`, qos);
    expect(await device.say('wait 1')).toBe('2:81');
    expect(await device.say('read-message 64 64')).toBe(printed(qos + 1, `to/${client}`, `message ${qos}`, qos));
    expect(await device.say(`ack ${qos + 1}`)).toBe('0');
    expect(await device.say('next')).toBe('0 0');
  });

  it('is told of a message that was too large, and receives the next', async () => {
    publish(`to/${client}`, 'x'.repeat(5000), 1);
    publish(`to/${client}`, 'y'.repeat(4000), 1);
    expect(await device.say('wait 2')).toBe('2:81 2:81');
    expect(await device.say('read-lost 64')).toBe(`0 0 to/${client} 5000`);
    expect(await device.say('read-message 64 4096')).toBe(printed(4, `to/${client}`, 'y'.repeat(4000), 1));
    expect(await device.say('ack 4')).toBe('0');
  });

  it('unsubscribes and disconnects', async () => {
    expect(await device.say(`unsubscribe 8 to/${client} other/#`)).toBe('0');
    await device.say('wait 1');
    expect(await device.say('read-unsubscribe 8')).toBe('0 0 8 0 0');
    expect(await device.say('disconnect')).toBe('0');
    expect(await device.say('wait 1')).toBe('2:81');
    expect(await device.say('read-disconnect')).toBe('0 0 0');
    expect(await device.say('close')).toBe('0');
  });

  it('is told when the broker is gone, and when it cannot be reached', async () => {
    await device.reconnect(version, 1, client);
    await mosquitto.kill();
    expect(await device.say('wait 1')).toBe('2:81');
    expect(await device.say('read-disconnect')).toBe('0 3 0');
    expect(await device.say('publish 5 0 0 t x')).toBe('0');
    await device.say('wait 1');
    expect(await device.say('read-publish')).toBe('0 3 5 0');
    expect(await device.say('close')).toBe('0');
    await device.say('open 1 4096 512');
    await device.say(`connect 3 1 30 ${client}`);
    await device.say('wait 1');
    expect(await device.say('read-connect')).toBe('0 7 0');
    await device.say('close');
    await start();
  });

  it('goes on with its session over the next connection', async () => {
    if (version === 5) return;
    await device.reconnect(4, 0, client);
    await device.say(`subscribe 7 1 to/${client}`);
    await device.say('wait 1');
    await device.say('read-subscribe 8');
    await device.say('close');
    device.tell('poll');
    publish(`to/${client}`, 'meanwhile', 1);
    await device.reconnect(4, 0, client);
    // It may have come with the response.
    if ((await device.say('next')) === '0 0') await device.say('wait 1');
    expect(await device.say('read-message 64 64')).toBe(printed(1, `to/${client}`, 'meanwhile', 1));
    await device.say('ack 1');
    await device.say('close');
  });

  it('ends', () => device.end());
});
