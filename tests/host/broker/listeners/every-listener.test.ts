// needs: openssl
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Broker,
  BrokerError,
  type BrokerEvent,
  type BrokerOptions,
  createBroker,
  type ListenOptions,
  type Protocol,
  passwordRules,
  refuse,
} from '../../../../host/broker/index.js';
import { encodePacket } from '../../../../host/core/index.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { dial, listenOptions, PROTOCOLS } from './doors.js';
import { nextEvent } from './programs.js';

let pki: TestPki;
const brokers: Broker[] = [];

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close();
});

async function start(options: BrokerOptions): Promise<Broker> {
  const broker = await createBroker(options);
  brokers.push(broker);
  return broker;
}

const startOne = (protocol: Protocol, options: BrokerOptions & Partial<ListenOptions> = {}) => {
  const { limits, pendingConnections, log, ...own } = options;
  const listener = { ...listenOptions(protocol, pki), ...own } as ListenOptions;
  return start({ listeners: [listener], limits, pendingConnections, log });
};

const client = async (broker: Broker, place = 0) => new Client(await dial(broker.listeners[place], pki));

describe.each(PROTOCOLS)('a listener of protocol %s', (protocol) => {
  it('serves clients, whose large messages come whole and in order', async () => {
    const broker = await startOne(protocol);
    const [reader, writer] = [await client(broker), await client(broker)];
    await Promise.all([reader.connect(), writer.connect()]);
    await reader.subscribe('a');
    const payloads = [1, 70_000, 900_000, 2].map((size) => Buffer.alloc(size, size));
    for (const payload of payloads) writer.publish('a', payload);
    for (const payload of payloads) expect(payload.equals((await reader.next('publish')).payload)).toBe(true);
    for (const { stream } of [reader, writer]) stream.destroy();
  });

  it('names itself in rules and events, and asks its own rules', async () => {
    const rules = { connect: ({ listener }: { listener: { name: string } }) => refuse(`not by ${listener.name}`) };
    const broker = await startOne(protocol, { rules });
    const [{ name, host, port }] = broker.listeners;
    expect(name).toBe(protocol === 'unix' ? `unix:${host}` : `${protocol}://127.0.0.1:${port}`);
    const refused = nextEvent(broker, 'refused');
    const mine = await client(broker);
    expect(await mine.connect()).toMatchObject({ reasonCode: 0x87 });
    const remote = expect.stringMatching(protocol === 'unix' ? /^unix:\d+$/ : /^127\.0\.0\.1:\d+$/);
    expect(await refused).toMatchObject({ reason: `not by ${name}`, remote });
    await mine.closed;
  });

  it('turns away connections from an address that has too many before CONNECT, and then serves others', async () => {
    const broker = await startOne(protocol, { pendingConnections: { perAddress: 2, total: 3 } });
    const inside = await client(broker);
    await inside.connect();
    const silent = [await client(broker), await client(broker)];
    // A Unix socket has no addresses: all count as one listener's.
    if (protocol === 'unix') silent.push(await client(broker));
    const refused = nextEvent(broker, 'refused');
    await client(broker)
      .then(({ closed }) => closed)
      .catch(() => {});
    expect(await refused).toMatchObject({
      reason: expect.stringMatching(
        protocol === 'unix'
          ? /^3 connections have not come through CONNECT yet \(pendingConnections.total\)$/
          : /^2 connections from 127.0.0.1 have not come through CONNECT yet \(pendingConnections.perAddress\)$/,
      ),
    });
    await inside.expectServed();
    await silent[0].connect();
    const next = await client(broker);
    await next.connect();
    for (const { stream } of [inside, next, ...silent]) stream.destroy();
  });

  it('closes within its deadline although clients neither read nor close', async () => {
    const broker = await startOne(protocol, { limits: { backlogBytes: 50_000_000 } });
    const stuck = await client(broker);
    await stuck.connect();
    await stuck.subscribe('a');
    stuck.stream.pause();
    for (let sent = 0; sent < 20; sent++) broker.publish('a', Buffer.alloc(1_000_000));
    const silent = await dial(broker.listeners[0], pki);
    await broker.close();
    expect(broker.engine.counts.connections).toBe(0);
    stuck.stream.destroy();
    silent.destroy();
  });

  it('closes alone: its clients are told, others stay', async () => {
    const broker = await start({ listeners: [listenOptions(protocol, pki), listenOptions('mqtt', pki)] });
    const [mine, other] = [await client(broker, 0), await client(broker, 1)];
    await Promise.all([mine.connect(), other.connect()]);
    const [last] = await Promise.all([mine.next('disconnect'), mine.closed, broker.listeners[0].close()]);
    expect(last.reasonCode).toBe(0x8b);
    await other.expectServed();
    other.stream.destroy();
  });

  it('serves others while one sends a byte now and then, and one floods it with rubbish', async () => {
    const events: BrokerEvent[] = [];
    const broker = await startOne(protocol, { limits: { connectTimeout: 300 }, log: (event) => events.push(event) });
    const slow = await dial(broker.listeners[0], pki);
    slow.on('error', () => {});
    const closed = new Promise((resolve) => slow.once('close', resolve));
    const connect = encodePacket(
      { type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'slow' },
      4,
    );
    let sent = 0;
    const drip = setInterval(() => slow.write(connect.subarray(sent, ++sent)), 50);
    const good = await client(broker);
    await good.connect();
    for (let round = 0; round < 20; round++) {
      const flood = await dial(broker.listeners[0], pki);
      flood.write(Buffer.alloc(100_000, round));
      await good.expectServed();
      flood.destroy();
    }
    await closed;
    clearInterval(drip);
    expect(events).toContainEqual(expect.objectContaining({ reason: 'no CONNECT packet within 0.3 s' }));
    await good.expectServed();
    good.stream.destroy();
  });
});

it('a client in the process of the broker gets what comes over sockets, and the other way round', async () => {
  const broker = await start({ listeners: [{ protocol: 'mqtt' }] });
  const [inside, outside] = [await broker.local.connect(), await client(broker)];
  await outside.connect();
  await outside.subscribe('out');
  const received = new Promise<string>((resolve) => {
    inside.subscribe('in', { qos: 1 }, ({ payload }) => resolve(Buffer.from(payload).toString()));
  });
  await inside.publish('out', 'x', { qos: 1 });
  expect((await outside.next('publish')).topic).toBe('out');
  outside.publish('in', 'y');
  expect(await received).toBe('y');
  await broker.close();
  expect(await inside.closed).toContain('shutting down');
});

describe('several listeners of one broker', () => {
  it('share its sessions, and each client is judged by the rules of its own', async () => {
    const secret = passwordRules({ users: new Map([['ann', 'secret']]) });
    const broker = await start({
      listeners: PROTOCOLS.map((protocol) => ({
        ...listenOptions(protocol, pki),
        ...(protocol === 'mqtt' && { rules: secret }),
      })),
    });
    expect(broker.listeners.map(({ protocol }) => protocol)).toEqual([...PROTOCOLS]);
    const streams: Duplex[] = [];
    for (const [place, protocol] of PROTOCOLS.entries()) {
      const mine = await client(broker, place);
      streams.push(mine.stream);
      const { reasonCode } = await mine.connect({ clientId: protocol });
      expect(reasonCode, protocol).toBe(protocol === 'mqtt' ? 0x87 : 0);
      if (reasonCode !== 0) continue;
      await mine.subscribe('a');
      broker.publish('a', protocol);
      expect(Buffer.from((await mine.next('publish')).payload).toString()).toBe(protocol);
    }
    for (const stream of streams) stream.destroy();
  });

  it('may come later, and none is left when one cannot be opened', async () => {
    const broker = await start({});
    const { port } = await broker.listen({ protocol: 'mqtt' });
    const later = new Client(await dial(broker.listeners[0], pki));
    await later.connect();
    later.stream.destroy();
    const options: BrokerOptions = { listeners: [{ protocol: 'mqtt' }, { protocol: 'mqtt', port }] };
    await expect(createBroker(options)).rejects.toMatchObject({ code: 'address-in-use' });
    expect(broker.listeners.length).toBe(1);
  });

  it('cannot come after the end', async () => {
    const broker = await start({});
    await Promise.all([broker.close(), broker.close()]);
    await expect(broker.listen({ protocol: 'mqtt' })).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a listener beyond loopback', () => {
  it.each(['mqtt', 'mqtts', 'ws', 'wss'] as const)('of protocol %s has to be asked for', async (protocol) => {
    const options = { ...listenOptions(protocol, pki), host: '0.0.0.0' } as ListenOptions;
    const error = await createBroker({ listeners: [options] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ code: 'options', message: expect.stringContaining('beyondLoopback: true') });
    const broker = await start({ listeners: [{ ...options, beyondLoopback: true } as ListenOptions] });
    expect(broker.listeners[0].port).toBeGreaterThan(0);
  });

  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1', '::ffff:127.0.0.1'])('is not %s', async (host) => {
    const started = createBroker({ listeners: [{ protocol: 'mqtt', host }] }).then((broker) => broker.close());
    // A machine may be without IPv6.
    await started.catch((error: BrokerError) => expect(error.code).toBe('address-not-available'));
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', '10.0.0.1', 'example.com', '', '127.0.0.1.example.com', '1::1'])(
    'is %j',
    async (host) => {
      await expect(createBroker({ listeners: [{ protocol: 'mqtt', host }] })).rejects.toMatchObject({
        code: 'options',
      });
    },
  );
});

describe('a broker refuses to start when', () => {
  it.each<[string, ListenOptions | BrokerOptions]>([
    ['port is 65536', { protocol: 'mqtt', port: 65_536 }],
    ['port is 1.5', { protocol: 'mqtt', port: 1.5 }],
    ['handshakeTimeout is 0', { protocol: 'ws', handshakeTimeout: 0 }],
    ['path is "mqtt"', { protocol: 'ws', path: 'mqtt' }],
    ['settings: maximumQoS is 3', { protocol: 'mqtt', settings: { maximumQoS: 3 as 2 } }],
    ['protocol is "tcp"', { protocol: 'tcp' as 'mqtt' }],
    ['pendingConnections: total is 0', { pendingConnections: { total: 0 } }],
    [
      'useIdentityAsUsername needs a listener of protocol mqtts or wss',
      { protocol: 'mqtt', rules: passwordRules({ useIdentityAsUsername: true }) },
    ],
  ])('%s', async (message, options) => {
    const all = 'protocol' in options ? { listeners: [options] } : options;
    const error = await createBroker(all).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ code: 'options', message: expect.stringContaining(message) });
  });
});
