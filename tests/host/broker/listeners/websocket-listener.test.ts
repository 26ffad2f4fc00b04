// needs: openssl, curl
import { once } from 'node:events';
import { connect as connectTcp, Server } from 'node:net';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Broker, createBroker, type WebSocketListenOptions } from '../../../../host/broker/index.js';
import { encodePacket } from '../../../../host/core/index.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { dial, openWebSocket } from './doors.js';
import { floodUntilDropped } from './flood.js';
import { nextEvent, Program } from './programs.js';

let pki: TestPki;
let broker: Broker;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());
afterEach(() => broker.close());

async function start(options: Partial<WebSocketListenOptions> = {}, maximumPacketSize = 10_000): Promise<void> {
  broker = await createBroker({ listeners: [{ protocol: 'ws', ...options }], limits: { maximumPacketSize } });
}

const url = (path = '/mqtt') => `ws://127.0.0.1:${broker.listeners[0].port}${path}`;
const connect = encodePacket({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' }, 4);

/** Arguments of curl. */
const asUpgrade = (headers: Record<string, string>) =>
  Object.entries({ Connection: 'Upgrade', Upgrade: 'websocket', ...headers }).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ]);

async function expectOthersServed(): Promise<void> {
  const other = new Client(await dial(broker.listeners[0], pki));
  await other.connect();
  await other.expectServed();
  other.stream.destroy();
}

describe('the upgrade to a WebSocket', () => {
  it.each([
    ['mqtt', ['mqtt']],
    ['mqttv3.1', ['mqttv3.1']],
    ['mqtt', ['foo', 'mqtt', 'mqttv3.1']],
  ])('chooses the subprotocol %s of %j (MQTT-6.0.0-4)', async (chosen, offered) => {
    await start();
    const socket = await openWebSocket(url(), offered);
    expect(socket.protocol).toBe(chosen);
    socket.terminate();
  });

  it.each([
    ['400 without a subprotocol (MQTT-6.0.0-3)', '/mqtt', [], {}, 'the subprotocol is none'],
    ['400 with another subprotocol', '/mqtt', ['foo'], {}, 'the subprotocol is "foo"'],
    ['400 with MQTT in capitals', '/mqtt', ['MQTT'], {}, 'the subprotocol is "MQTT"'],
    ['404 at another path', '/other', ['mqtt'], {}, 'the path is /mqtt'],
    ['403 from a page that may not', '/mqtt', ['mqtt'], { origin: 'https://evil.example' }, 'may not connect'],
  ])('is refused with %s, which is reported', async (title, path, protocols, options, reason) => {
    await start({ origins: ['https://good.example'] });
    const refused = nextEvent(broker, 'refused');
    const status = title.slice(0, 3);
    await expect(openWebSocket(url(path), protocols, options)).rejects.toThrow(`Unexpected server response: ${status}`);
    expect(await refused).toMatchObject({
      reason: expect.stringContaining(reason),
      remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
    await expectOthersServed();
  });

  it('that was refused leaves a socket whose errors end nothing', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    await start();
    const accepted = once(listen.mock.contexts[0] as Server, 'connection');
    listen.mockRestore();
    const refused = nextEvent(broker, 'refused');
    const asked = openWebSocket(url('/other'), ['mqtt']).catch(() => {});
    const [socket] = await accepted;
    await refused;
    expect(() => socket.emit('error', new Error('write EPIPE'))).not.toThrow();
    await asked;
    await expectOthersServed();
  });

  it('takes the paths and pages that it is set to', async () => {
    await start({ path: '*', origins: ['https://good.example'] });
    for (const options of [{}, { origin: 'https://good.example' }]) {
      (await openWebSocket(url('/any/where?x=1'), ['mqtt'], options)).terminate();
    }
    await broker.close();
    await start({ path: '/ws' });
    (await openWebSocket(url('/ws?token=1'), ['mqtt'])).terminate();
  });

  it.each<[string, string[], string, string]>([
    ['a page is asked for', [], '426', 'ask for an upgrade'],
    ['something is posted', ['-d', 'x'.repeat(2000)], '426', 'ask for an upgrade'],
    ['a subprotocol is missing', asUpgrade({}), '400', 'subprotocol'],
    [
      'the version of WebSocket is another',
      asUpgrade({ 'Sec-WebSocket-Protocol': 'mqtt', 'Sec-WebSocket-Version': '7' }),
      '400',
      'Sec-WebSocket',
    ],
  ])('is explained in the answer when %s', async (_, args, status, text) => {
    await start();
    const curl = new Program('curl', ['-s', '-w', '%{http_code}', ...args, url().replace('ws:', 'http:')]);
    const { code, stdout } = await curl.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(text);
    expect(stdout.endsWith(status)).toBe(true);
    await expectOthersServed();
  });

  it.each([
    ['is MQTT', connect],
    ['is TLS', Buffer.from('16030102000100', 'hex')],
    ['has a header without end', Buffer.from(`GET /mqtt HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`)],
    ['asks for a tunnel', Buffer.from('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n')],
  ])('is refused when the first thing %s', async (_, bytes) => {
    await start();
    const refused = nextEvent(broker, 'refused');
    const socket = connectTcp(broker.listeners[0].port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume().write(bytes);
    await Promise.all([once(socket, 'close').catch(() => {}), refused]);
    await expectOthersServed();
  });

  it('has a deadline, whatever part of the request has come', async () => {
    await start({ handshakeTimeout: 100 });
    const { port } = broker.listeners[0];
    const reasons: string[] = [];
    broker.on('refused', ({ reason }) => reasons.push(reason));
    const begun = ['', 'GET /mqtt', 'GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\n'].map((text) => {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume().write(text);
      return new Promise((resolve) => socket.once('close', resolve));
    });
    await Promise.all(begun);
    expect(reasons).toEqual(Array(3).fill('the TLS handshake or WebSocket upgrade did not end within 0.1 s'));
  });
});

describe('frames of a WebSocket', () => {
  it('are not packets: any part of the stream may be in one (MQTT-6.0.0-2)', async () => {
    await start();
    const socket = await openWebSocket(url(), ['mqtt']);
    const ping = encodePacket({ type: 'pingreq' }, 4);
    const answers: Buffer[] = [];
    socket.on('message', (data) => answers.push(data as Buffer));
    for (const byte of Buffer.concat([connect, ping])) socket.send(Buffer.of(byte));
    socket.send(Buffer.alloc(0));
    socket.send(Buffer.concat([ping, ping.subarray(0, 1)]));
    socket.send(ping.subarray(1));
    while (Buffer.concat(answers).length < 4 + 3 * 2) await once(socket, 'message');
    expect(Buffer.concat(answers).toString('hex')).toBe('20020000d000d000d000');
    socket.terminate();
  });

  it('of text end the connection with 1003, which is reported (MQTT-6.0.0-1)', async () => {
    await start();
    const socket = await openWebSocket(url(), ['mqtt']);
    socket.send(connect);
    await once(socket, 'message');
    const ended = nextEvent(broker, 'disconnected');
    socket.send('text');
    const [code] = await once(socket, 'close');
    expect(code).toBe(1003);
    expect(await ended).toMatchObject({ reason: expect.stringContaining('MQTT-6.0.0-1') });
    await expectOthersServed();
  });

  it('above the limit end the connection with 1009, which is reported', async () => {
    await start();
    const socket = await openWebSocket(url(), ['mqtt']);
    socket.on('error', () => {});
    const ended = nextEvent(broker, 'refused');
    socket.send(Buffer.alloc(10_000 + 65_536 + 1));
    expect((await once(socket, 'close'))[0]).toBe(1009);
    expect(await ended).toMatchObject({ reason: 'WebSocket: Max payload size exceeded' });
    await expectOthersServed();
  });

  it('are answered with 1000 when the broker ends a connection, after its last packet', async () => {
    await start();
    const socket = await openWebSocket(url(), ['mqtt']);
    const received: unknown[] = [];
    socket.on('message', (data) => received.push((data as Buffer)[0] >> 4));
    socket.on('close', (code) => received.push(code));
    const connect5 = { type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 0, clientId: '' } as const;
    socket.send(encodePacket(connect5, 5));
    await once(socket, 'message');
    socket.send(encodePacket(connect5, 5));
    await once(socket, 'close');
    expect(received).toEqual([2, 14, 1000]);
  });
});

describe('a WebSocket whose peer does not read', () => {
  it('costs a limited number of bytes, and gets what was held back when it reads again', async () => {
    broker = await createBroker({
      listeners: [{ protocol: 'ws' }],
      limits: { backlogBytes: 100_000, queuedMessages: 10 },
    });
    const reader = new Client(await dial(broker.listeners[0], pki), 4);
    await reader.connect();
    await reader.subscribe('a');
    reader.stream.pause();
    const held = await floodUntilDropped(broker);
    reader.stream.resume();
    for (let received = 0; received < held; received++) await reader.next('publish');
    reader.stream.destroy();
  });
});

describe.each(['ws', 'wss'] as const)('MQTT.js over %s', (protocol) => {
  it.each([4, 5] as const)('exchanges messages with version %i', async (protocolVersion) => {
    const tls = { cert: pki.read('server.crt'), key: pki.read('server.key') };
    broker = await createBroker({ listeners: [protocol === 'ws' ? { protocol } : { protocol, tls }] });
    const { port } = broker.listeners[0];
    const client = mqtt.connect(`${protocol}://localhost:${port}/mqtt`, { protocolVersion, ca: pki.read('ca.crt') });
    await client.subscribeAsync('a', { qos: 2 });
    const message = new Promise<Buffer>((resolve) => client.once('message', (_topic, payload) => resolve(payload)));
    await client.publishAsync('a', 'x'.repeat(100_000), { qos: 2 });
    expect((await message).length).toBe(100_000);
    const ended = nextEvent(broker, 'disconnected');
    await client.endAsync();
    expect(await ended).toMatchObject({ reasonCode: 0 });
  });
});

it('a WebSocket that is cut off ends its connection', async () => {
  await start();
  const client = new Client(await dial(broker.listeners[0], pki));
  await client.connect();
  const ended = nextEvent(broker, 'disconnected');
  client.stream.destroy();
  expect(await ended).toMatchObject({ reason: 'the connection was lost' });
});
