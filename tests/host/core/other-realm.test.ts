import { generateKeyPairSync } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as core from '../../../host/core/index.js';
import codec from '../../../host/mqtt-packet/index.js';
import { derVectors } from './support/der-vectors.js';

/** The class of another realm: `instanceof Uint8Array` is false for its instances. */
const Foreign: Uint8ArrayConstructor = runInNewContext('Uint8Array');
const NotBytes: readonly unknown[] = [
  'text',
  [1, 2],
  new Uint16Array(2),
  new DataView(new ArrayBuffer(2)),
  new ArrayBuffer(2),
  { length: 2, [Symbol.toStringTag]: 'Uint8Array' },
  null,
  undefined,
];

const valid = (kind: string, index = 0) =>
  Buffer.from(derVectors.filter((one) => one.kind === kind && !one.error)[index].hex, 'hex');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
const sec1 = privateKey.export({ format: 'der', type: 'sec1' });

const payload = Buffer.from('hello');
const publish = { type: 'publish', topic: 'a', qos: 0, retain: false, dup: false } as const;
const connect = {
  type: 'connect',
  protocolVersion: 5,
  cleanStart: true,
  keepAlive: 0,
  clientId: 'c',
} as const;
const encoded = core.encodePacket({ ...publish, payload }, 4);
const connack = core.encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 4);

/** A session that has sent its CONNECT. */
function connecting(): core.ClientSession {
  const session = new core.ClientSession();
  session.send({ ...connect, protocolVersion: 4 }, 0);
  return session;
}

/** The result of a call with bytes. */
type Call = (bytes: Uint8Array) => unknown;

const subject = core.readCertificate(valid('certificate')).subjectRaw;

/** Every public function and method that takes bytes, with bytes that it accepts. */
const calls: [string, Uint8Array, Call][] = [
  ['hexEncode', payload, core.hexEncode],
  ['hexEncode of many bytes', Buffer.alloc(100, 7), core.hexEncode],
  ['checkDer', valid('certificate'), core.checkDer],
  ['readCertificate', valid('certificate'), (der) => core.readCertificate(der).serialNumber],
  ['readCertificates', valid('certificate'), (der) => core.readCertificates(der).map(({ raw }) => raw)],
  [
    'readCertificates of a chain',
    Buffer.concat([valid('certificate'), valid('certificate', 1)]),
    (der) => core.readCertificates(der).map(({ raw }) => raw),
  ],
  ['readCertificateRequest', valid('request'), (der) => core.readCertificateRequest(der).subject],
  ['readCrl', valid('crl'), (der) => core.readCrl(der).issuer],
  ['nameText', subject, core.nameText],
  ['nameAttributes', subject, core.nameAttributes],
  ['splitDer', Buffer.concat([pkcs8, sec1]), (der) => core.splitDer(der).map((part) => Buffer.from(part))],
  ['checkPkcs8', pkcs8, core.checkPkcs8],
  ['identifyKey', sec1, core.identifyKey],
  ['readPrivateKey', sec1, core.readPrivateKey],
  ['wrapPkcs8', sec1, core.wrapPkcs8],
  ['isPem', Buffer.from(core.pemOf('PRIVATE KEY', pkcs8)), core.isPem],
  ['pemOf', pkcs8, (der) => core.pemOf('PRIVATE KEY', der)],
  ['encodePacket, payload', payload, (bytes) => core.encodePacket({ ...publish, payload: bytes }, 4)],
  ['encodePacket, password', payload, (bytes) => core.encodePacket({ ...connect, password: bytes }, 5)],
  [
    'encodePacket, will.payload',
    payload,
    (bytes) => core.encodePacket({ ...connect, will: { topic: 'w', payload: bytes, qos: 0, retain: false } }, 5),
  ],
  [
    'encodePacket, correlationData',
    payload,
    (bytes) => core.encodePacket({ ...publish, payload, properties: { correlationData: bytes } }, 5),
  ],
  [
    'encodePacket, authenticationData',
    payload,
    (bytes) =>
      core.encodePacket({ ...connect, properties: { authenticationMethod: 'm', authenticationData: bytes } }, 5),
  ],
  ['PreparedPublish.encode', payload, (bytes) => core.preparePublish(publish, 4).encode(bytes)],
  [
    'preparePublish, correlationData',
    payload,
    (bytes) => core.preparePublish({ ...publish, properties: { correlationData: bytes } }, 5).encode(payload),
  ],
  [
    'PacketBatch.add',
    payload,
    (bytes) => {
      const batch = new core.PacketBatch(4);
      batch.add({ ...publish, payload: bytes });
      return batch.take();
    },
  ],
  [
    'PacketBatch.addPrepared',
    payload,
    (bytes) => {
      const batch = new core.PacketBatch(4);
      batch.addPrepared(core.preparePublish(publish, 4), bytes);
      return batch.take();
    },
  ],
  [
    'sendPayload',
    payload,
    async (bytes) => {
      const session = new core.ClientSession();
      session.send(connect, 0);
      session.receive(core.encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 5), 0);
      session.takeOutput();
      const start = { ...publish, dup: false, payloadLength: bytes.length };
      await core.sendPayload(session, start, [bytes], { now: () => 0, flush() {} });
      return Buffer.concat(session.takeOutput());
    },
  ],
  ['PacketDecoder.push', encoded, (bytes) => new core.PacketDecoder().push(bytes)],
  [
    'PacketDecoder.push, in two chunks',
    encoded,
    (bytes) => {
      const decoder = new core.PacketDecoder();
      return [...decoder.push(bytes.subarray(0, 3)), ...decoder.push(bytes.subarray(3))];
    },
  ],
  ['PacketDecoder.push, in pieces', encoded, (bytes) => new core.PacketDecoder({ largestBuffered: 6 }).push(bytes)],
  [
    'PacketCursor.push',
    encoded,
    (bytes) => {
      const cursor = new core.PacketCursor();
      cursor.push(bytes);
      return [cursor.next(), cursor.topic, cursor.payload];
    },
  ],
  ['ClientSession.receive', connack, (bytes) => connecting().receive(bytes, 1)],
  [
    'ClientSession.receive, in two chunks',
    connack,
    (bytes) => {
      const session = connecting();
      return [...session.receive(bytes.subarray(0, 1), 1), ...session.receive(bytes.subarray(1), 1)];
    },
  ],
  [
    'ClientSession.send, password',
    payload,
    (bytes) => {
      const session = new core.ClientSession();
      session.send({ ...connect, password: bytes }, 0);
      return session.takeOutput();
    },
  ],
  ['ClientSession.restore', connecting().save(), (bytes) => core.ClientSession.restore(bytes).save()],
];

const generate = (packet: object) => codec.generate(packet as never, { protocolVersion: 5 });
function parsed(options: object, ...chunks: Uint8Array[]): unknown[] {
  const packets: unknown[] = [];
  const parser = codec.parser(options).on('packet', (packet) => packets.push(packet));
  for (const chunk of chunks) parser.parse(chunk);
  return packets;
}

const dropInCalls: [string, Uint8Array, Call][] = [
  ['generate, topic', payload, (topic) => generate({ cmd: 'publish', topic })],
  ['generate, payload', payload, (bytes) => generate({ cmd: 'publish', topic: 'a', payload: bytes })],
  [
    'generate, correlationData',
    payload,
    (correlationData) => generate({ cmd: 'publish', topic: 'a', properties: { correlationData } }),
  ],
  ['generate, protocolId', Buffer.from('MQTT'), (protocolId) => generate({ cmd: 'connect', protocolId })],
  ['generate, clientId', payload, (clientId) => generate({ cmd: 'connect', clientId })],
  ['generate, username', payload, (username) => generate({ cmd: 'connect', username })],
  ['generate, password', payload, (password) => generate({ cmd: 'connect', username: 'u', password })],
  ['generate, will.payload', payload, (bytes) => generate({ cmd: 'connect', will: { topic: 'w', payload: bytes } })],
  [
    'writeToStream, payload',
    payload,
    (bytes) => {
      const chunks: Buffer[] = [];
      const stream = { write: (chunk: Buffer) => chunks.push(chunk) > 0 };
      codec.writeToStream({ cmd: 'publish', topic: 'a', payload: bytes } as never, stream);
      return chunks;
    },
  ],
  ...[{}, { lenient: true }].flatMap((options): [string, Uint8Array, Call][] => {
    const how = 'lenient' in options ? 'lenient parser' : 'parser';
    return [
      [`${how}.parse`, encoded, (bytes) => parsed(options, bytes)],
      [`${how}.parse, in two chunks`, encoded, (bytes) => parsed(options, bytes.subarray(0, 3), bytes.subarray(3))],
    ];
  }),
];

describe('a Uint8Array of another realm', () => {
  it.each([...calls, ...dropInCalls])('is taken by %s', async (_, bytes, call) => {
    const foreign = Foreign.from(bytes);
    expect(foreign instanceof Uint8Array).toBe(false);
    expect(await call(foreign)).toEqual(await call(Uint8Array.from(bytes)));
    // A view that begins within its memory, as a chunk of a larger read does.
    const memory = new Foreign(bytes.length + 9);
    memory.set(bytes, 5);
    expect(await call(memory.subarray(5, 5 + bytes.length))).toEqual(await call(bytes));
  });

  it('is tried with every public function that takes bytes', () => {
    const withoutBytes = [
      ...['checkTopicFilter', 'checkTopicName', 'topicMatches', 'describeResult', 'hexDecode', 'readPem'],
      ...['init', 'modulePath', 'packageFolder', 'refusalName', 'refusalWords', 'KnownTopics'],
      // Made by functions of the list, not by callers.
      ...['CertificateInfo', 'CertificateListInfo', 'CertificateRequestInfo', 'PreparedPublish'],
      ...['CoreLoadError', 'DerError', 'HexError', 'MalformedPacketError', 'MqttError', 'SessionError'],
    ];
    const functions = Object.entries(core).filter(([, value]) => typeof value === 'function');
    const missing = functions
      .map(([name]) => name)
      .filter((name) => !withoutBytes.includes(name) && !calls.some(([what]) => what.startsWith(name)));
    expect(missing).toEqual([]);
  });
});

describe('what is not a Uint8Array', () => {
  it.each<[string, (value: unknown) => unknown]>([
    ['a payload to encode', (value) => core.encodePacket({ ...publish, payload: value } as never, 4)],
    ['a chunk to decode', (value) => new core.PacketDecoder().push(value as never)],
    ['a chunk for a session', (value) => connecting().receive(value as never, 1)],
    ['a chunk to parse', (value) => codec.parser().parse(value as never)],
  ])('is refused as %s', (_, call) => {
    for (const value of NotBytes) expect(() => call(value)).toThrow(TypeError);
  });
});
