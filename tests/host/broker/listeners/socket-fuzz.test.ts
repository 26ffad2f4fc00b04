// needs: openssl
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, type BrokerEvent, createBroker, type Protocol } from '../../../../host/broker/index.js';
import { encodePacket } from '../../../../host/core/index.js';
import { bytesOf, vectors } from '../../core/support/mqtt-vectors.js';
import { makeRandom, type Random } from '../engine/robustness/random.js';
import { TestPki } from './certificates.js';
import { Client } from './client.js';
import { dial, listenOptions, PROTOCOLS } from './doors.js';

/** Connections for each state: handshakes of TLS cost most. */
const ROUNDS: Record<Protocol, number> = { mqtt: 120, unix: 80, ws: 40, mqtts: 20, wss: 20 };
const AT_ONCE = 20;

let pki: TestPki;
let broker: Broker;
let neighbours: Client[];
const failures: unknown[] = [];

beforeAll(async () => {
  pki = new TestPki();
  const log = (event: BrokerEvent) => event.type === 'failed' && failures.push(event.error);
  broker = await createBroker({ listeners: PROTOCOLS.map((protocol) => listenOptions(protocol, pki)), log });
  neighbours = await Promise.all(
    broker.listeners.map(async (listener) => {
      const client = new Client(await dial(listener, pki));
      await client.connect({ clientId: `neighbour-${listener.protocol}` });
      return client;
    }),
  );
});

afterAll(async () => {
  for (const { stream } of neighbours) stream.destroy();
  await broker.close();
  pki.remove();
});

const connect = (version: 3 | 4 | 5, clientId = 'hostile') =>
  encodePacket({ type: 'connect', protocolVersion: version, cleanStart: true, keepAlive: 5, clientId }, version);

/** What a client has sent when the hostile bytes come. */
const STATES: Record<string, (version: 4 | 5) => Uint8Array[]> = {
  'before CONNECT': () => [],
  'in the middle of CONNECT': (version) => [connect(version).subarray(0, 9)],
  'after CONNECT': (version) => [connect(version)],
  'in the middle of a QoS 2 exchange': (version) => [
    connect(version),
    encodePacket({ type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'hostile/#', qos: 2 }] }, version),
    encodePacket(
      {
        ...{ type: 'publish', topic: 'hostile/a', payload: Buffer.alloc(3), dup: false },
        ...{ qos: 2, packetId: 7, retain: true },
      },
      version,
    ),
  ],
};

/** The bytes with a few changes: other values, a piece left out or doubled, an end cut off. */
function mutant(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length);
  const length = random.below(8);
  switch (random.below(4)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 2:
      return bytes.subarray(0, at);
    default: {
      const changed = Uint8Array.from(bytes);
      for (let changes = random.below(3); changes >= 0; changes--)
        changed[random.below(bytes.length)] = random.below(256);
      return changed;
    }
  }
}

/** Sends pieces and the end; resolves when the connection is closed, whoever does it. */
function spend(stream: Duplex, pieces: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => {});
    stream.on('close', () => resolve());
    stream.resume();
    for (const piece of pieces) if (!stream.destroyed && stream.writable) stream.write(piece);
    stream.end();
  });
}

async function inBatches(count: number, run: (round: number) => Promise<void>): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const size = Math.min(AT_ONCE, count - first);
    await Promise.all(Array.from({ length: size }, (_, place) => run(first + place)));
    for (const neighbour of neighbours) await neighbour.expectServed();
  }
  expect(failures).toEqual([]);
}

describe.each(PROTOCOLS.map((protocol, place) => [protocol, place] as const))('over %s', (protocol, place) => {
  it.each(Object.keys(STATES))('vectors and mutants of them harm no other client %s', async (state) => {
    const random = makeRandom(place + 1);
    const offset = place * 250 + Object.keys(STATES).indexOf(state) * 61;
    await inBatches(ROUNDS[protocol], async (round) => {
      const vector = vectors[(offset + round * 7) % vectors.length];
      const version = vector.protocolVersion === 5 ? 5 : 4;
      const bytes = bytesOf(vector);
      const hostile = round % 2 === 0 || bytes.length === 0 ? bytes : mutant(random, bytes);
      const stream = await dial(broker.listeners[place], pki);
      await spend(stream, [...STATES[state](version), ...random.chunks(hostile)]);
    });
  });
});

const upgrade = [
  'GET /mqtt HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: mqtt',
  '',
  '',
].join('\r\n');

/** A ClientHello of TLS 1.2 with one cipher suite (RFC 8446 4.1.2). */
const hello = Buffer.from(`16030100330100002f0303${'ab'.repeat(32)}000004c02bc02f0100000200ff`, 'hex');

describe('at the door', () => {
  it.each([
    ['mqtts', hello],
    ['wss', hello],
    ['ws', Buffer.from(upgrade)],
    ['mqtt', hello],
    ['mqtt', Buffer.from(upgrade)],
  ] as const)('of %s, mutants of handshakes harm no client', async (protocol, handshake) => {
    const random = makeRandom(99);
    const { host, port } = broker.listeners.find((listener) => listener.protocol === protocol)!;
    await inBatches(80, async (round) => {
      const socket = connectTcp(port, host);
      await spend(socket, random.chunks(round === 0 ? handshake : mutant(random, handshake)));
    });
  });

  it('of ws, frames of any bytes after the upgrade harm no client', async () => {
    const random = makeRandom(5);
    const { host, port } = broker.listeners.find(({ protocol }) => protocol === 'ws')!;
    await inBatches(100, async () => {
      const masked = Buffer.concat([
        Buffer.of(random.below(256), 0x80 | random.below(128)),
        random.bytes(random.below(60)),
      ]);
      await spend(connectTcp(port, host), [Buffer.from(upgrade), ...random.chunks(masked)]);
    });
  });
});
