// needs: openssl
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp, Server, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BrokerError, type BrokerEvent } from '../../../../host/broker/index.js';
import { encodePacket } from '../../../../host/core/index.js';
import { TestPki } from './certificates.js';
import { nextEvent } from './programs.js';
import { startTls, type TlsBrokerOptions } from './tls-broker.js';

let pki: TestPki;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());
afterEach(() => vi.restoreAllMocks());

const start = (options: Partial<TlsBrokerOptions> = {}) => startTls(pki, options);

/** A TCP connection that does nothing by itself. */
async function dialTcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

/** Whether or not an error comes first. */
const closed = (socket: Socket) =>
  new Promise<void>((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });

/** The start of a ClientHello that announces 512 bytes. */
const halfHello = Buffer.from('16030102000100', 'hex');

describe('a TLS handshake that never ends', () => {
  it('has its socket closed at the deadline, with one event for each', async () => {
    const events: BrokerEvent[] = [];
    const broker = await start({ handshakeTimeout: 50, log: (event) => events.push(event) });
    const sockets = await Promise.all(Array.from({ length: 50 }, () => dialTcp(broker.port)));
    for (const socket of sockets.slice(0, 25)) socket.write(halfHello);
    await Promise.all(sockets.map(closed));
    expect(events.length).toBe(50);
    for (const event of events) {
      expect(event).toMatchObject({ type: 'refused', reason: expect.stringContaining('TLS handshake') });
    }
    await broker.close();
  });

  it('has no more time when its bytes come one by one', async () => {
    const broker = await start({ handshakeTimeout: 100 });
    const socket = await dialTcp(broker.port);
    socket.write(halfHello);
    const drip = setInterval(() => socket.write('\0'), 10);
    await closed(socket);
    clearInterval(drip);
    await broker.close();
  });

  it('does not count for a client that finished its own', async () => {
    const broker = await start({ handshakeTimeout: 300 });
    const socket = connect({ host: '127.0.0.1', port: broker.port, ca: pki.read('ca.crt'), servername: 'localhost' });
    socket.write(
      encodePacket({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' }, 4),
    );
    await once(socket, 'data');
    // Came later, and has its deadline behind it.
    await closed(await dialTcp(broker.port));
    socket.write(encodePacket({ type: 'pingreq' }, 4));
    expect((await once(socket, 'data'))[0]).toEqual(encodePacket({ type: 'pingresp' }, 4));
    socket.destroy();
    await broker.close();
  });

  it('cannot be begun again on a connection of TLS 1.2', async () => {
    const broker = await start();
    const ended = nextEvent(broker, 'refused');
    const client = spawn('openssl', ['s_client', '-tls1_2', '-connect', `127.0.0.1:${broker.port}`]);
    const output: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
    client.stderr.on('data', (chunk) => {
      output.stderr += chunk;
    });
    client.stdout.on('data', (chunk) => {
      if (output.stdout.includes('Verify return code')) return;
      output.stdout += chunk;
      // The command of s_client to renegotiate.
      if (output.stdout.includes('Verify return code')) client.stdin.write('R\n');
    });
    await once(client, 'close');
    expect(output.stderr).toContain('no renegotiation');
    await ended;
    expect(broker.engine.counts.connections).toBe(0);
    await broker.close();
  });

  it('does not hold up the end of the broker', async () => {
    const broker = await start();
    const sockets = await Promise.all([dialTcp(broker.port), dialTcp(broker.port)]);
    sockets[0].write(halfHello);
    await Promise.all([broker.close(), broker.close()]);
    await Promise.all(sockets.map(closed));
  });
});

describe('a broker that stops while a client connects', () => {
  it('ends although the CONNECT has only begun (MQTT-3.2.2-8)', async () => {
    const broker = await start();
    const opened = vi.spyOn(broker.engine, 'receive');
    const socket = connect({ host: '127.0.0.1', port: broker.port, ca: pki.read('ca.crt'), servername: 'localhost' });
    socket.write(Buffer.from('101000044d5154540502000000', 'hex'));
    await expect.poll(() => opened.mock.calls.length, { interval: 1 }).toBeGreaterThan(0);
    const [answer] = await Promise.all([once(socket, 'data'), broker.close()]);
    expect(answer[0].subarray(0, 4).toString('hex')).toMatch(/^20..0088$/);
    expect(broker.engine.counts.connections).toBe(0);
  });
});

describe('a broker behind TLS', () => {
  it('goes on when connections cannot be accepted, and reports each', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen');
    const broker = await start();
    const server = listen.mock.contexts[0] as Server;
    for (const code of ['EMFILE', 'ENFILE']) {
      const refused = nextEvent(broker, 'refused');
      server.emit('error', new Error(`accept ${code}`));
      expect(await refused).toMatchObject({ reason: `the connection was not accepted: accept ${code}` });
    }
    await broker.close();
  });

  it.each<[string, Partial<TlsBrokerOptions>]>([
    ['handshakeTimeout is 0', { handshakeTimeout: 0 }],
    ['handshakeTimeout is Infinity', { handshakeTimeout: Number.POSITIVE_INFINITY }],
    ['receiveMaximum is 70000', { limits: { receiveMaximum: 70_000 } }],
  ])('refuses to start when %s', async (message, options) => {
    const error = await start(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BrokerError);
    expect(error).toMatchObject({ code: 'options', message: expect.stringContaining(message) });
  });
});
