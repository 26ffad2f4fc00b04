import { describe, expect, it } from 'vitest';
import {
  type CoreExports,
  PacketRecord,
  PacketType,
  Result,
  SessionContext,
  SessionRecord,
} from '../../../../build/abi/core.js';
import { encodePacket, LARGEST_PACKET, type Packet } from '../../../../host/core/index.js';
import { compile } from '../support/bare-core.js';
import { connectPacket, publish } from './client-session-rig.js';
import { Random } from './seeded-random.js';

const core = compile('core.wasm').instantiate() as unknown as CoreExports;
const memory = Buffer.from(core.memory.buffer);
const SIZE = SessionContext.HEADER + 8 * SessionContext.ENTRY + 28;
// The context is in the middle of the memory, so that what is wrong has room to show on both sides.
const CONTEXT = 0x8000;
const PACKET = 0x1_0000 - 2048;
const OUTPUT = PACKET + 1024;
const NOW = 1_000;

const connack: Packet = { type: 'connack', sessionPresent: false, reasonCode: 0 };
/** What the server sends, each as bytes. */
const fromServer = [
  connack,
  { type: 'connack', sessionPresent: true, reasonCode: 0 },
  { ...publish, packetId: 9 },
  { ...publish, qos: 2, packetId: 10 },
  { ...publish, qos: 0, properties: { topicAlias: 1 } },
  { ...publish, qos: 0, topic: '', properties: { topicAlias: 2 } },
  { type: 'pubrel', packetId: 10, reasonCode: 0 },
  { type: 'pubrec', packetId: 2, reasonCode: 0 },
  { type: 'puback', packetId: 1, reasonCode: 0 },
  { type: 'pingresp' },
  { type: 'disconnect', reasonCode: 0 },
].map((packet) => encodePacket(packet as Packet, 5));

function decode(bytes: Uint8Array): void {
  memory.set(bytes, OUTPUT);
  expect(core.mqtt_decode(OUTPUT, bytes.length, 5, LARGEST_PACKET, PACKET)).toBe(bytes.length);
}

const receive = (bytes: Uint8Array) => {
  decode(bytes);
  return core.session_receive(CONTEXT, PACKET, NOW, OUTPUT + 256, 5);
};
const send = (packet: Packet, change = 0) => {
  decode(encodePacket(packet, 5));
  if (change) memory.writeUInt32LE(0, PACKET + PacketRecord.packetId);
  return core.session_send(CONTEXT, PACKET, NOW, OUTPUT + 256, 256);
};
const entries: [string, () => number][] = [
  ['session_close', () => core.session_close(CONTEXT)],
  ['session_deadline', () => core.session_deadline(CONTEXT, NOW)],
  ['session_poll', () => core.session_poll(CONTEXT, NOW, OUTPUT + 256, 5)],
  ['session_restore', () => core.session_restore(CONTEXT, SIZE)],
  ['session_send of CONNECT', () => send(connectPacket(5, { topicAliasMaximum: 2 }))],
  ['session_send of a new PUBLISH', () => send({ ...publish, packetId: 1 } as Packet, 1)],
  ['session_send of a PUBLISH again', () => send({ ...publish, dup: true, packetId: 1 } as Packet)],
  ['session_send of a PUBREC', () => send({ type: 'pubrec', packetId: 10, reasonCode: 0 })],
  ...fromServer.map((bytes): [string, () => number] => [
    `session_receive of ${Buffer.from(bytes).toString('hex')}`,
    () => receive(bytes),
  ]),
];

/** A connection with messages in flight both ways. */
function working(): Buffer {
  expect(core.session_init(CONTEXT, SIZE, 4, 4, 0, 5_000)).toBe(0);
  expect(send(connectPacket(5, { topicAliasMaximum: 2, sessionExpiryInterval: 60 }))).toBeGreaterThan(0);
  expect(receive(encodePacket(connack, 5))).toBe(0);
  for (const qos of [1, 2] as const) send({ ...publish, qos, packetId: 1 } as Packet, 1);
  expect(receive(fromServer[3])).toBe(4);
  return Buffer.from(memory.subarray(CONTEXT, CONTEXT + SIZE));
}

/** Calls an entry with this context; the memory around the context, apart from packet and output, must stay as it is. */
function call([name, run]: [string, () => number], context: Uint8Array): number {
  memory.fill(0xa5, core.heap_base());
  memory.set(context, CONTEXT);
  const around = () => [memory.subarray(0, CONTEXT), memory.subarray(CONTEXT + SIZE, PACKET)];
  const before = around().map((part) => Buffer.from(part));
  const result = run();
  expect(
    around().every((part, index) => part.equals(before[index])),
    `${name}: the memory outside of the context ${Buffer.from(context).toString('hex')}`,
  ).toBe(true);
  return result;
}

const isChecked = ([name]: [string, unknown]) => name !== 'session_deadline';
const word = (context: Buffer, field: keyof typeof SessionRecord, value: number) =>
  context.writeUInt32LE(value >>> 0, SessionRecord[field]);

describe('a context that is read back torn', () => {
  const sound = working();

  it.each([
    ['count', 1_000],
    ['aliasOffset', 0x9000],
    ['aliasBytes', 0x9000],
    ['sendCapacity', 0xffff],
    ['receiveCapacity', 0xffff],
    ['length', 0x9000],
  ] as const)('with %s %i is SESSION_TORN to every entry, and nothing changes', (field, value) => {
    for (const entry of entries.filter(isChecked)) {
      const torn = Buffer.from(sound);
      word(torn, field, value);
      expect(call(entry, torn), entry[0]).toBe(Result.SESSION_TORN);
      expect(memory.subarray(CONTEXT, CONTEXT + SIZE).equals(torn), entry[0]).toBe(true);
    }
  });

  it('is not written or read beyond its length, whatever its words are', () => {
    const edges = [
      0, 1, 7, 8, 9, 0x7fff, 0xffff, 0x1_0000, 0x3fff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
    ];
    const results = new Set<number>();
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed);
      const torn = Buffer.from(sound);
      // One to four words, of the head most often.
      for (let times = random.integer(1, 4); times > 0; times--) {
        const at = random.integer(0, (random.chance(0.7) ? SessionRecord.SIZE : SIZE) / 4 - 1) * 4;
        const value = random.chance(0.5) ? edges[random.integer(0, edges.length - 1)] : random.integer(0, 0xffff_ffff);
        if (at !== SessionRecord.format) torn.writeUInt32LE(value, at);
      }
      for (const entry of entries) results.add(call(entry, torn));
    }
    expect(results.has(Result.SESSION_TORN)).toBe(true);
    expect(results.has(0)).toBe(true);
  });

  it('whose head agrees with itself stays within its length, whatever records and topics it has', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      let context: Uint8Array = Buffer.from(sound);
      const view = Buffer.from(context.buffer, context.byteOffset, context.length);
      for (let at = SessionRecord.SIZE; at < SIZE; at++) view[at] = random.integer(0, 255);
      word(view, 'count', random.integer(0, 8));
      word(view, 'sendCapacity', 4 + random.integer(0, 3) * 0x4000_0000);
      word(view, 'state', random.integer(0, 2));
      for (let step = 0; step < 12; step++) {
        const result = call(entries[random.integer(0, entries.length - 1)], context);
        expect(result).not.toBe(Result.SESSION_TORN);
        context = Buffer.from(memory.subarray(CONTEXT, CONTEXT + SIZE));
        if (result >= 0 && memory.readUInt32LE(PACKET) === PacketType.PUBLISH) topicIsInside();
      }
    }
  });

  it('of zeros or ones, as erased memory is, is SESSION_FORMAT', () => {
    for (const octet of [0, 0xff]) {
      for (const entry of entries.filter(isChecked)) {
        expect(call(entry, Buffer.alloc(SIZE, octet)), entry[0]).toBe(Result.SESSION_FORMAT);
      }
    }
  });
});

/** The topic of the PUBLISH in the record is one of the packet, or lies in the context. */
function topicIsInside(): void {
  const topic = memory.readUInt32LE(PACKET + PacketRecord.topic);
  const end = topic + memory.readUInt32LE(PACKET + PacketRecord.topicLength);
  expect((topic >= OUTPUT && end <= OUTPUT + 256) || (topic >= CONTEXT && end <= CONTEXT + SIZE)).toBe(true);
}
