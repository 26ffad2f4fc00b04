// needs: openssl
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrokerError, type BrokerEvent } from '../../../../host/broker/index.js';
import { encodePacket, type Packet, PacketDecoder, type ProtocolVersion } from '../../../../host/core/index.js';
import { TestPki } from './certificates.js';
import { floodUntilDropped } from './flood.js';
import { nextEvent } from './programs.js';
import { startTls, type TlsBrokerOptions } from './tls-broker.js';

let pki: TestPki;

beforeAll(() => {
  pki = new TestPki();
});

afterAll(() => pki.remove());

const start = (options: Partial<TlsBrokerOptions> = {}) => startTls(pki, options);

/** A client that is connected over TLS; `next` returns its packets one by one. */
async function dial(port: number, protocolVersion: ProtocolVersion, clientId = 'client') {
  const socket = connect({ host: '127.0.0.1', port, ca: pki.read('ca.crt'), servername: 'localhost' });
  const decoder = new PacketDecoder({ protocolVersion });
  const packets: Packet[] = [];
  let wake = () => {};
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    packets.push(...decoder.push(chunk));
    wake();
  });
  const send = (packet: Packet) => socket.write(encodePacket(packet, protocolVersion));
  const next = async () => {
    while (packets.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return packets.shift()!;
  };
  await once(socket, 'secureConnect');
  send({ type: 'connect', protocolVersion, cleanStart: true, keepAlive: 0, clientId });
  await next();
  return { socket, send, next };
}

const closed = (socket: TLSSocket) => (socket.closed ? Promise.resolve() : once(socket, 'close'));

describe('closing a broker', () => {
  it('sends MQTT 5 clients 0x8B, ends all connections and frees the port', async () => {
    const broker = await start();
    const [five, four] = [await dial(broker.port, 5, 'five'), await dial(broker.port, 4, 'four')];
    const [last] = await Promise.all([five.next(), closed(five.socket), closed(four.socket), broker.close()]);
    expect(last).toMatchObject({ type: 'disconnect', reasonCode: 0x8b });
    const again = await start({ port: broker.port });
    expect(again.port).toBe(broker.port);
    await again.close();
  });

  it('does not wait for a peer that never finishes its TLS handshake', async () => {
    const broker = await start();
    const socket = connectTcp(broker.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const tls = connect({ host: '127.0.0.1', port: broker.port, ca: pki.read('ca.crt'), servername: 'localhost' });
    tls.on('error', () => {});
    await once(tls, 'secureConnect');
    await broker.close();
    expect(broker.engine.counts.connections).toBe(0);
    socket.destroy();
    tls.destroy();
  });
});

describe('a broker behind TLS', () => {
  it('closes a client that sends no CONNECT when its time is up', async () => {
    const broker = await start({ limits: { connectTimeout: 20 } });
    const refused = nextEvent(broker, 'refused');
    const socket = connect({ host: '127.0.0.1', port: broker.port, ca: pki.read('ca.crt'), servername: 'localhost' });
    socket.resume();
    expect(await refused).toMatchObject({ reason: 'no CONNECT packet within 0.02 s' });
    await closed(socket);
    await broker.close();
  });

  it('delivers the refusal to a client that keeps sending', async () => {
    const broker = await start({ users: new Map() });
    const socket = connect({ host: '127.0.0.1', port: broker.port, ca: pki.read('ca.crt'), servername: 'localhost' });
    const decoder = new PacketDecoder({ protocolVersion: 4 });
    const connack = once(socket, 'data').then(([chunk]) => decoder.push(chunk)[0]);
    const packet = encodePacket(
      { type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' },
      4,
    );
    socket.write(Buffer.concat([packet, Buffer.alloc(300_000, 0xc0)]));
    expect(await connack).toMatchObject({ type: 'connack', reasonCode: 5 });
    await closed(socket);
    await broker.close();
  });

  it('holds a limited number of bytes for a client that does not read', async () => {
    const broker = await start({ limits: { backlogBytes: 100_000, queuedMessages: 10 } });
    const { socket, send, next } = await dial(broker.port, 4);
    send({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a', qos: 0 }] });
    await next();
    socket.pause();
    const dropped = nextEvent(broker, 'dropped');
    const held = await floodUntilDropped(broker);
    expect(await dropped).toMatchObject({ reason: 'queue full', topic: 'a' });
    // When the client reads again, it gets what was held back, up to the last message that was not dropped.
    socket.resume();
    for (let received = 0; received < held; received++) await next();
    socket.destroy();
    await broker.close();
  });
});

describe('TLS versions', () => {
  const dialWith = async (port: number, version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3', session?: Buffer) => {
    const credentials = { ca: pki.read('ca.crt'), cert: pki.read('device.crt'), key: pki.read('device.key') };
    const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', session, ...credentials, ...versions });
    let ticket: Buffer | undefined;
    socket.on('session', (given) => {
      ticket = given;
    });
    await once(socket, 'secureConnect');
    socket.write(
      encodePacket({ type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: 'c' }, 4),
    );
    await once(socket, 'data');
    const reused = socket.isSessionReused();
    socket.end(encodePacket({ type: 'disconnect', reasonCode: 0 }, 4));
    await closed(socket);
    return { ticket, reused };
  };
  const mutual = () => ({ ca: pki.read('ca.crt'), requireCertificate: true, useIdentityAsUsername: true });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s is accepted, and a resumed session still has its user name',
    async (version) => {
      const events: BrokerEvent[] = [];
      const broker = await start({ ...mutual(), log: (event) => events.push(event) });
      const { ticket } = await dialWith(broker.port, version);
      expect((await dialWith(broker.port, version, ticket)).reused).toBe(true);
      const expected = { userName: 'device-1', tlsVersion: version };
      expect(events.filter(({ type }) => type === 'connected')).toMatchObject([expected, expected]);
      await broker.close();
    },
  );

  it('older versions are refused', async () => {
    const broker = await start(mutual());
    const refused = nextEvent(broker, 'refused');
    await expect(dialWith(broker.port, 'TLSv1.1')).rejects.toThrow();
    expect(await refused).toMatchObject({ reason: expect.stringContaining('TLS handshake failed') });
    await broker.close();
  });
});

describe('a broker that cannot start', () => {
  const failure = async (options: Partial<TlsBrokerOptions>): Promise<BrokerError> => {
    const error = await start(options).then(
      (broker) => broker.close(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BrokerError);
    return error as BrokerError;
  };

  it('names the port when it is in use, and says what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const error = await failure({ port });
    expect(error.code).toBe('address-in-use');
    expect(error.message).toContain(`127.0.0.1 port ${port}`);
    expect(error.message).toContain('port 0');
    other.close();
    await once(other, 'close');
  });

  it('names the address when this machine does not have it', async () => {
    const error = await failure({ host: '192.0.2.1', beyondLoopback: true });
    expect(error.code).toBe('address-not-available');
    expect(error.message).toContain('192.0.2.1');
  });

  it.each<[string, () => Partial<TlsBrokerOptions>]>([
    ['it is not a certificate', () => ({ cert: 'nonsense' })],
    ['it belongs to another key', () => ({ key: pki.read('device.key') })],
  ])('says that the certificate cannot be used when %s', async (_, options) => {
    const error = await failure(options());
    expect(error.code).toBe('tls');
    expect(error.message).toContain('PEM');
  });

  it.each(['requireCertificate', 'useIdentityAsUsername'] as const)('says that %s needs a CA', async (option) => {
    const error = await failure({ [option]: true });
    expect(error.code).toBe('options');
    expect(error.message).toContain(`${option} needs ca`);
  });
});
