import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BrokerEvent, PlannedBroker, readBrokerPlan } from '../../../../host/broker/index.js';
import { undoAfterEach } from '../../../interop/undo.js';

let folder: string;
let events: BrokerEvent[];
const undo = undoAfterEach();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wasmqtt-planned-'));
  events = [];
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
});

/** Ports of the configuration are those of the plan, which takes no 0: the loopback default takes any free one. */
async function start(lines: string): Promise<PlannedBroker> {
  writeFileSync(join(folder, 'm.conf'), `sys_interval 0\n${lines}`);
  const broker = await PlannedBroker.start(readBrokerPlan(join(folder, 'm.conf'), { ports: [0] }), {
    logOccasional: (event) => events.push(event),
  });
  broker.broker.on('published', (event) => events.push(event));
  undo.push(() => broker.close());
  return broker;
}

/** Over the Unix socket that a configuration names `s`: no port is taken. */
function open(options: IClientOptions = {}): MqttClient {
  const stream = () => createConnection(join(folder, 's'));
  const client = new mqtt.Client(stream, { reconnectPeriod: 0, protocolVersion: 5, ...options });
  undo.push(() => client.end(true));
  return client;
}

function connect(options: IClientOptions = {}): Promise<MqttClient> {
  const client = open(options);
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client));
    client.once('error', reject);
  });
}

const socket = () => `listener 0 ${join(folder, 's')}\nallow_anonymous true\n`;
const ended = (client: MqttClient) =>
  new Promise<number | undefined>((resolve) => client.once('disconnect', (packet) => resolve(packet.reasonCode)));

describe('a broker of a configuration', () => {
  it('listens on both loopback addresses without a listener', async () => {
    const { listeners } = await start('');
    expect(listeners[0]).toMatchObject({ protocol: 'mqtt', host: '127.0.0.1' });
    for (const { host } of listeners) expect(['127.0.0.1', '::1']).toContain(host);
  });

  it('keeps as many retained messages as there is memory for, as mosquitto does', async () => {
    const { broker } = await start('');
    for (let n = 0; n < 20_000; n++) broker.publish(`topic/${n}`, 'x', { retain: true });
    expect(broker.engine.counts.retained).toBe(20_000);
  });

  it('announces the limits of its listener', async () => {
    await start(
      `max_packet_size 5000\nmax_keepalive 30\nretain_available false\n${socket()}max_qos 1\nmax_topic_alias 3\n`,
    );
    const client = open({ keepalive: 60 });
    const { properties } = await new Promise<mqtt.IConnackPacket>((resolve) => client.once('connect', resolve));
    expect(properties).toMatchObject({
      maximumPacketSize: 5000,
      serverKeepAlive: 30,
      maximumQoS: 1,
      topicAliasMaximum: 3,
      retainAvailable: false,
    });
  });

  it.each([
    ['', 20],
    ['max_inflight_messages 7\n', 7],
    ['max_inflight_messages 0\n', undefined],
  ])('announces what mosquitto announces, in its order: %j', async (line, receiveMaximum) => {
    await start(`${line}${socket()}`);
    const client = open();
    const { properties } = await new Promise<mqtt.IConnackPacket>((resolve) => client.once('connect', resolve));
    const announced = { topicAliasMaximum: 10, ...(receiveMaximum && { receiveMaximum }) };
    expect(JSON.stringify(properties)).toBe(JSON.stringify(announced));
  });

  it('takes packets of any size, as mosquitto does without max_packet_size', async () => {
    await start(socket());
    const client = await connect();
    await client.subscribeAsync('big');
    const got = new Promise<Buffer>((resolve) => client.once('message', (_, payload) => resolve(payload)));
    await client.publishAsync('big', Buffer.alloc(3_000_000, 1), { qos: 1 });
    expect((await got).length).toBe(3_000_000);
  });

  it('sends reason codes without words, as mosquitto does', async () => {
    await start(`message_size_limit 10\n${socket()}`);
    const client = await connect();
    const packets: mqtt.Packet[] = [];
    client.on('packetreceive', (packet) => packets.push(packet));
    await client.publishAsync('a', 'x'.repeat(11), { qos: 1 }).catch(() => undefined);
    const answer = packets.find(({ cmd }) => cmd === 'puback');
    expect(answer).toMatchObject({ reasonCode: 0x97 });
    expect(answer).not.toHaveProperty('properties.reasonString');
  });

  it('assigns client ids with the prefix', async () => {
    await start(`auto_id_prefix x-\n${socket()}`);
    await connect({ clientId: '' });
    expect(events.find(({ type }) => type === 'connected')).toMatchObject({ clientId: expect.stringMatching(/^x-/) });
  });

  it('refuses clients that bring no client id, when it is told to', async () => {
    await start(`allow_zero_length_clientid false\n${socket()}`);
    await expect(connect({ clientId: '' })).rejects.toMatchObject({ code: 0x85 });
  });

  it('takes so many clients and no more', async () => {
    await start(`${socket()}max_connections 1\n`);
    await connect();
    await expect(connect()).rejects.toMatchObject({ code: 0x97 });
  });

  it('takes the user name for the client id, and whoever has it last', async () => {
    await start(`${socket()}use_username_as_clientid true\n`);
    await expect(connect({ clientId: 'a' })).rejects.toMatchObject({ code: 0x87 });
    const first = await connect({ clientId: 'a', username: 'ann' });
    const reasonCode = ended(first);
    await connect({ clientId: 'b', username: 'ann' });
    expect(await reasonCode).toBe(0x8e);
  });

  it('keeps messages of QoS 0 for a client that is away', async () => {
    const broker = await start(`queue_qos0_messages true\n${socket()}`);
    const lasting = { clientId: 'c', clean: false, properties: { sessionExpiryInterval: 100 } };
    const client = await connect(lasting);
    await client.subscribeAsync('a');
    await client.endAsync();
    broker.broker.publish('a', 'x');
    const back = open(lasting);
    expect(await new Promise((resolve) => back.once('message', (_, payload) => resolve(String(payload))))).toBe('x');
  });

  it('sends no more bytes than max_inflight_bytes before they are acknowledged', async () => {
    const broker = await start(`max_inflight_bytes 100\n${socket()}`);
    const client = open({ customHandleAcks: undefined });
    const ids: (number | undefined)[] = [];
    client.handleMessage = (packet, _done) => {
      ids.push(packet.messageId);
    };
    await new Promise((resolve) => client.once('connect', resolve));
    await client.subscribeAsync('a', { qos: 1 });
    for (let n = 0; n < 3; n++) broker.broker.publish('a', Buffer.alloc(200), { qos: 1 });
    await broker.broker.local.connect();
    expect(broker.broker.engine.inspection.totals()).toMatchObject({ inflightMessages: 1, queuedMessages: 2 });
  });

  it('sets topic aliases for clients that take them, as many as max_topic_alias_broker says', async () => {
    const broker = await start(`${socket()}max_topic_alias_broker 1\n`);
    const client = await connect({ properties: { topicAliasMaximum: 5 } });
    const packets: mqtt.Packet[] = [];
    client.on('packetreceive', (packet) => packets.push(packet));
    await client.subscribeAsync('#');
    const topics: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.on('message', (topic) => topics.push(topic) === 4 && resolve());
    });
    for (const topic of ['first/topic', 'other/topic', 'first/topic', 'other/topic']) broker.broker.publish(topic, 'x');
    await all;
    expect(topics).toEqual(['first/topic', 'other/topic', 'first/topic', 'other/topic']);
    const aliases = packets.flatMap((packet) => (packet.cmd === 'publish' ? [packet.properties?.topicAlias] : []));
    expect(aliases).toEqual([1, undefined, 1, undefined]);
  });

  it('takes no CONNECT that is larger than packet_max_connect says', async () => {
    await start(`packet_max_connect 100\n${socket()}`);
    await connect();
    await expect(connect({ username: 'u'.repeat(100) })).rejects.toMatchObject({ code: 0x95 });
  });

  it('puts the mount point before the topics of a listener', async () => {
    const broker = await start(`${socket()}mount_point site/\n`);
    const client = await connect();
    await client.publishAsync('a', 'x', { qos: 1 });
    expect(events.find(({ type }) => type === 'published')).toMatchObject({ topic: 'site/a' });
    await client.subscribeAsync('b');
    const message = new Promise((resolve) => client.once('message', resolve));
    broker.broker.publish('site/b', 'y');
    expect(await message).toBe('b');
  });

  it('names the line of a listener that cannot be opened, and leaves nothing open', async () => {
    writeFileSync(join(folder, 'm.conf'), `${socket()}listener 0 ${folder}/none/s\n`);
    const read = readBrokerPlan(join(folder, 'm.conf'));
    await expect(PlannedBroker.start(read)).rejects.toThrow(`${join(folder, 'm.conf')}:3: `);
    await expect(connect()).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });

  it('ends clients at a reload that may not be here any more', async () => {
    const broker = await start(socket());
    const client = await connect();
    const reasonCode = ended(client);
    writeFileSync(join(folder, 'm.conf'), `sys_interval 0\n${socket().replace('true', 'false')}`);
    const reloaded = broker.reload(readBrokerPlan(join(folder, 'm.conf')));
    expect(reloaded).toEqual({ needsRestart: [], failed: [] });
    expect(await reasonCode).toBe(0x87);
    await expect(connect()).rejects.toMatchObject({ code: 0x87 });
  });

  it('keeps its access rules at a reload that changes its listeners', async () => {
    const broker = await start(socket());
    writeFileSync(join(folder, 'm.conf'), `sys_interval 0\n${socket().replace('true', 'false')}max_qos 1\n`);
    expect(broker.reload(readBrokerPlan(join(folder, 'm.conf'))).needsRestart).toEqual(['listener']);
    await connect();
  });
});
