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
import { sumOf } from './emulated/mqtt-commands.js';

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

/** Starts mosquitto_sub, which ends with the first message of the topic. Returns once it is subscribed. */
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

/** A message as the driver prints it: status, correlation id, topic, length, a sum of the bytes, QoS, retain. */
const printed = (id: number, topic: string, payload: string, qos: number) =>
  `read-message 0 ${id} ${topic} ${payload.length} ${sumOf(Buffer.from(payload))} ${qos} 0`;

const cases = (['wasm3', 'wasm2c'] as const).flatMap((engine) =>
  ([4, 5] as const).map((version) => ({ engine, version })),
);

describe.each(cases)(
  'an application over the calls in C ($engine) with mosquitto and MQTT version $version',
  ({ engine, version }) => {
    const client = `calls-${engine}-${version}`;
    let device: Conversation;

    it('connects and subscribes', async () => {
      device = new Conversation(programs[engine], port);
      await device.connect(version, 1, client);
      expect(await device.say(`subscribe 7 2 to/${client} other/#`)).toBe('OKAY');
      await device.say('wait 1');
      expect(await device.say('read-subscribe 8')).toBe('OKAY REQUESTCOMPLETED 7 2 2');
    });

    it.each([0, 1, 2])('publishes with QoS %i', async (qos) => {
      const watcher = await watch(`from/${client}`);
      expect(await device.say(`publish 5 ${qos} 0 from/${client} payload-${qos}`)).toBe('OKAY');
      expect(await device.say('wait 1')).toBe('CHANNELDATAREADABLE');
      expect(await device.say('read-publish')).toBe('OKAY REQUESTCOMPLETED 5 0');
      expect((await watcher.ended).stdout).toBe(`from/${client} payload-${qos}\n`);
    });

    it.each([0, 1, 2])('receives with QoS %i, and acknowledges', async (qos) => {
      publish(`to/${client}`, `message ${qos}`, qos);
      expect(await device.say('wait 1')).toBe('CHANNELDATAREADABLE');
      expect(await device.line('read-message 64 64')).toBe(printed(qos + 1, `to/${client}`, `message ${qos}`, qos));
      expect(await device.say(`ack ${qos + 1}`)).toBe('OKAY');
      expect(await device.say('next')).toBe('OKAY NONE');
    });

    it('gets a report of a message that was too large, and receives the next', async () => {
      publish(`to/${client}`, 'x'.repeat(5000), 1);
      publish(`to/${client}`, 'y'.repeat(4000), 1);
      expect(await device.say('wait 2')).toBe('2 CHANNELDATAREADABLE');
      expect(await device.say('read-lost 64')).toBe(`OKAY DEVICERECEIVEBUFFERTOOSMALL to/${client} 5000 bytes`);
      expect(await device.line('read-message 64 4096')).toBe(printed(4, `to/${client}`, 'y'.repeat(4000), 1));
      expect(await device.say('ack 4')).toBe('OKAY');
    });

    it('unsubscribes and disconnects', async () => {
      expect(await device.say(`unsubscribe 8 to/${client} other/#`)).toBe('OKAY');
      await device.say('wait 1');
      expect(await device.say('read-unsubscribe 8')).toBe('OKAY REQUESTCOMPLETED 8 0 0');
      expect(await device.say('disconnect')).toBe('OKAY');
      expect(await device.say('wait 1')).toBe('CHANNELDATAREADABLE');
      expect(await device.say('read-disconnect')).toBe('OKAY REQUESTCOMPLETED 0');
      expect(await device.say('close')).toBe('OKAY');
    });

    it('gets a report when the broker is gone, and when it cannot be reached', async () => {
      await device.reconnect(version, 1, client);
      await mosquitto.kill();
      expect(await device.say('wait 1')).toBe('CHANNELDATAREADABLE');
      expect(await device.say('read-disconnect')).toBe('OKAY NOTCONNECTED 0');
      expect(await device.say('publish 5 0 0 t x')).toBe('OKAY');
      await device.say('wait 1');
      expect(await device.say('read-publish')).toBe('OKAY NOTCONNECTED 5 0');
      expect(await device.say('close')).toBe('OKAY');
      await device.say('open 1 4096 512');
      await device.say(`connect 3 1 30 ${client}`);
      await device.say('wait 1');
      expect(await device.say('read-connect')).toBe('OKAY SOCKETERROR 0');
      await device.say('close');
      await start();
    });

    it('continues its session on the next connection', async () => {
      if (version === 5) return;
      await device.reconnect(4, 0, client);
      await device.say(`subscribe 7 1 to/${client}`);
      await device.say('wait 1');
      await device.say('read-subscribe 8');
      await device.say('close');
      device.tell('poll');
      publish(`to/${client}`, 'meanwhile', 1);
      await device.reconnect(4, 0, client);
      // The message may have come with the response.
      if ((await device.say('next')) === 'OKAY NONE') await device.say('wait 1');
      expect(await device.line('read-message 64 64')).toBe(printed(1, `to/${client}`, 'meanwhile', 1));
      await device.say('ack 1');
      await device.say('close');
    });

    it('ends', () => device.end());
  },
);
