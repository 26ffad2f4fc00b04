// needs: mosquitto_pub, mosquitto_sub
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Child } from '../../../interop/child.js';
import { hex, ours } from '../peers.js';
import { OverriddenFolder } from './overridden-folder.js';

const packages = new OverriddenFolder();
let aedes: Child;
let port: number;
let codec: unknown;

beforeAll(async () => {
  aedes = packages.run('aedes.ts');
  ({ port, ours: codec } = JSON.parse(await aedes.line('stdout', /"listening"/)));
});

afterAll(async () => {
  await aedes.kill();
  packages.remove();
});

const client = (program: string, version: string, ...args: string[]) =>
  new Child(program, ['-h', '127.0.0.1', '-p', `${port}`, '-V', version, ...args]);

/** Starts mosquitto_sub; resolves when aedes knows its subscription. */
async function subscribe(version: string, id: string, ...args: string[]): Promise<Child> {
  const watcher = client('mosquitto_sub', version, '-i', id, '-F', '%t %q %r %p', ...args);
  await aedes.line('stdout', new RegExp(`"subscribe","id":"${id}"`));
  return watcher;
}

async function publish(version: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await client('mosquitto_pub', version, ...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** Sends a packet to aedes, and the next one after each answer; resolves with all answers when aedes closes. */
function converse(...packets: Buffer[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const send = () => socket.write(packets.shift() ?? '');
    const socket = connect(port, '127.0.0.1', send);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

describe.each(['mqttv31', 'mqttv311'])('aedes on this codec serves %s clients', (version) => {
  it('with messages of QoS 0, 1 and 2', async () => {
    expect(codec).toBe(true);
    const watcher = await subscribe(version, `watcher-${version}`, '-t', `${version}/#`, '-q', '2', '-C', '3');
    for (const qos of ['0', '1', '2'])
      await publish(version, '-t', `${version}/é`, '-m', `message ${qos} €`, '-q', qos);
    const { code, stdout } = await watcher.ended;
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([0, 1, 2].map((qos) => `${version}/é ${qos} 0 message ${qos} €`));
  });

  it('with a retained message, and a large one', async () => {
    const topic = `${version}/retained`;
    await publish(version, '-t', topic, '-m', 'x'.repeat(100_000), '-q', '1', '-r');
    const { stdout } = await (await subscribe(version, `late-${version}`, '-t', topic, '-q', '1', '-C', '1')).ended;
    expect(stdout.trim()).toBe(`${topic} 1 1 ${'x'.repeat(100_000)}`);
  });

  it('with a will', async () => {
    const topic = `${version}/will`;
    const watcher = await subscribe(version, `heir-${version}`, '-t', topic, '-q', '1', '-C', '1');
    const will = ['--will-topic', topic, '--will-payload', 'gone', '--will-qos', '1'];
    const dying = await subscribe(version, `dying-${version}`, '-t', 'nothing', '-u', 'u', '-P', 'p', ...will);
    await dying.kill();
    expect((await watcher.ended).stdout.trim()).toBe(`${topic} 1 0 gone`);
  });
});

describe('aedes on this codec', () => {
  const hello = ours.generate({ cmd: 'connect', clientId: 'raw' });

  it('closes the connection of a client that sends a malformed packet', async () => {
    const answer = await converse(hello, hex('3005 0003 612f23'));
    expect(answer).toEqual(hex('2002 0000'));
    const line = await aedes.line('stdout', /"clientError".*TOPIC_WILDCARD/);
    expect(JSON.parse(line)).toEqual({ event: 'clientError', name: 'PacketError', codeName: 'TOPIC_WILDCARD' });
  });

  it('refuses MQTT 5 with the CONNACK of 3.1.1, as it does with mqtt-packet', async () => {
    const connect5 = ours.generate({ cmd: 'connect', clientId: 'raw', protocolVersion: 5 });
    expect(await converse(connect5)).toEqual(hex('2002 0001'));
    const { code } = await client('mosquitto_pub', 'mqttv5', '-t', 'a', '-m', 'b').ended;
    expect(code).not.toBe(0);
  });
});
