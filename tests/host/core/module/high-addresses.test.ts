import { describe, expect, it } from 'vitest';
import {
  type CoreExports,
  DerLimit,
  FilterRecord,
  PacketRecord,
  PacketType,
  PropertyRecord,
  Result,
  SessionContext,
} from '../../../../build/abi/core.js';
import { encodePacket, LARGEST_PACKET } from '../../../../host/core/index.js';
import { wasm } from '../../../webassembly.js';
import { compile } from '../support/bare-core.js';
import { derVectors } from '../support/der-vectors.js';

const PAGE = 65_536;
const MEMORY_END = 2 ** 32;
/** Where records, contexts and outputs lie that are not the point of a call. */
const RECORD = 8192;
const CONTEXT = 12_288;
const OUTPUT = 16_384;
const INPUT = 24_576;
const CONTEXT_SIZE = SessionContext.HEADER + 4 * SessionContext.ENTRY + 64;

/** A call with these bytes somewhere in memory: at the address `at`. */
interface Call {
  name: Exclude<keyof CoreExports, 'memory'>;
  /** What lies at the address. */
  what: string;
  bytes: Buffer;
  run(core: CoreExports, at: number, length: number): number;
}

const der = (wanted: string) => Buffer.from(derVectors.find((vector) => vector.kind === wanted)?.hex ?? '', 'hex');
const text = Buffer.from('a/b/\u00e9/0123456789');
const digits = Buffer.from('00112233445566778899aabbccddeeff');
const key = Buffer.from(derVectors.find(({ name }) => name === 'SEC1 with its curve')?.hex ?? '', 'hex');
const publish = encodePacket(
  {
    type: 'publish',
    topic: 'a/\u00e9',
    payload: Buffer.from('payload'),
    qos: 0,
    retain: false,
    dup: false,
    properties: { userProperty: [['name', 'value']], correlationData: Buffer.from('data') },
  },
  5,
);
const properties = publish.subarray(7, publish.length - 7);
const subscribe = encodePacket(
  { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a/+/\u00e9', qos: 1 }] },
  4,
);
const connack = encodePacket({ type: 'connack', sessionPresent: false, reasonCode: 0 }, 4);
const room = Buffer.alloc(64);
const context = Buffer.alloc(CONTEXT_SIZE);

function words(core: CoreExports, record: number, size: number, fields: Record<number, number>): number {
  const view = new DataView(core.memory.buffer, record, size);
  for (let at = 0; at < size; at += 4) view.setUint32(at, 0, true);
  for (const [field, value] of Object.entries(fields)) view.setUint32(Number(field), value, true);
  return record;
}

const P = PacketRecord;
const packet = (core: CoreExports, fields: Record<number, number>, at = RECORD) => words(core, at, P.SIZE, fields);
const connect = (core: CoreExports, fields: Record<number, number> = {}, at = RECORD) =>
  packet(core, { [P.type]: PacketType.CONNECT, [P.protocolVersion]: 4, [P.connectFlags]: 2, ...fields }, at);
const init = (core: CoreExports, at: number) => core.session_init(at, CONTEXT_SIZE, 2, 2, 0, 1000);
const sent = (core: CoreExports, at: number) => core.session_send(at, connect(core), 1, OUTPUT, 64);
const span = (start: number, at: number, length: number) => ({ [start]: at, [start + 4]: length });

const calls: Call[] = [
  { name: 'utf8_check', what: 'text', bytes: text, run: (c, at, n) => c.utf8_check(at, n, 0) },
  {
    name: 'utf8_check',
    what: 'bytes that are not text',
    bytes: Buffer.alloc(16, 0xff),
    run: (c, at, n) => c.utf8_check(at, n, 0),
  },
  {
    name: 'utf8_check',
    what: 'a bad last byte',
    bytes: Buffer.from('0123456789abcde\0'),
    run: (c, at, n) => c.utf8_check(at, n, 0),
  },
  { name: 'memory_wipe', what: 'what is wiped', bytes: text, run: (c, at, n) => c.memory_wipe(at, n) },
  { name: 'hex_encode', what: 'the bytes', bytes: text, run: (c, at, n) => c.hex_encode(at, n, OUTPUT, 64) },
  { name: 'hex_encode', what: 'the output', bytes: room, run: (c, at, n) => c.hex_encode(OUTPUT, n / 2, at, n) },
  { name: 'hex_decode', what: 'the digits', bytes: digits, run: (c, at, n) => c.hex_decode(at, n, OUTPUT, 64, 0) },
  {
    name: 'hex_decode',
    what: 'a bad digit at the end',
    bytes: Buffer.from('0011223344556677x0'),
    run: (c, at, n) => c.hex_decode(at, n, OUTPUT, 64, 0),
  },
  { name: 'der_read', what: 'the element', bytes: der('certificate'), run: (c, at, n) => c.der_read(at, n, RECORD) },
  {
    name: 'der_check',
    what: 'the element',
    bytes: der('certificate'),
    run: (c, at, n) => c.der_check(at, n, RECORD, 20, 0),
  },
  {
    name: 'x509_read',
    what: 'the certificate',
    bytes: der('certificate'),
    run: (c, at, n) => c.x509_read(at, n, RECORD),
  },
  { name: 'csr_read', what: 'the request', bytes: der('request'), run: (c, at, n) => c.csr_read(at, n, RECORD) },
  { name: 'crl_read', what: 'the list', bytes: der('crl'), run: (c, at, n) => c.crl_read(at, n, RECORD) },
  {
    name: 'crl_find',
    what: 'the serial number',
    bytes: Buffer.from('7fffffffffffffffffff', 'hex'),
    run: (c, at, n) => {
      new Uint8Array(c.memory.buffer).set(der('crl'), INPUT);
      expect(c.crl_read(INPUT, der('crl').length, RECORD)).toBeGreaterThan(0);
      return c.crl_find(RECORD, at, n);
    },
  },
  { name: 'key_identify', what: 'the key', bytes: key, run: (c, at, n) => c.key_identify(at, n) },
  {
    name: 'key_identify',
    what: 'hex of a key',
    bytes: Buffer.from(key.toString('hex')),
    run: (c, at, n) => c.key_identify(at, n),
  },
  { name: 'key_read', what: 'the key', bytes: key, run: (c, at, n) => c.key_read(at, n, RECORD) },
  { name: 'key_check_pkcs8', what: 'the key', bytes: key, run: (c, at, n) => c.key_check_pkcs8(at, n, RECORD) },
  {
    name: 'key_wrap_pkcs8',
    what: 'the key',
    bytes: key,
    run: (c, at, n) => c.key_wrap_pkcs8(at, n, OUTPUT, n + DerLimit.WRAPPING, RECORD),
  },
  {
    name: 'mqtt_decode',
    what: 'the packet',
    bytes: publish,
    run: (c, at, n) => c.mqtt_decode(at, n, 5, LARGEST_PACKET, RECORD),
  },
  {
    name: 'mqtt_decode',
    what: 'a filter list',
    bytes: subscribe,
    run: (c, at, n) => c.mqtt_decode(at, n, 4, LARGEST_PACKET, RECORD),
  },
  {
    name: 'mqtt_decode_chunk',
    what: 'two packets',
    bytes: Buffer.concat([subscribe, publish.fill(0x30, 0, 1)]),
    run: (c, at, n) => c.mqtt_decode_chunk(at, n, 5, LARGEST_PACKET, RECORD, 4, CONTEXT),
  },
  {
    name: 'mqtt_property_read',
    what: 'a user property',
    bytes: properties,
    run: (c, at, n) => c.mqtt_property_read(at, n, RECORD),
  },
  {
    name: 'mqtt_property_read',
    what: 'an integer',
    bytes: Buffer.from('02000000ff', 'hex'),
    run: (c, at, n) => c.mqtt_property_read(at, n, RECORD),
  },
  {
    name: 'mqtt_property_read',
    what: 'a Variable Byte Integer',
    bytes: Buffer.from('0bffffff7f', 'hex'),
    run: (c, at, n) => c.mqtt_property_read(at, n, RECORD),
  },
  {
    name: 'mqtt_property_write',
    what: 'the value',
    bytes: text,
    run: (c, at, n) =>
      c.mqtt_property_write(
        words(c, RECORD, PropertyRecord.SIZE, { [PropertyRecord.id]: 31, ...span(PropertyRecord.value, at, n) }),
        OUTPUT,
        64,
      ),
  },
  {
    name: 'mqtt_filter_read',
    what: 'a filter list',
    bytes: subscribe.subarray(4),
    run: (c, at, n) => c.mqtt_filter_read(at, n, PacketType.SUBSCRIBE, RECORD),
  },
  {
    name: 'mqtt_filter_write',
    what: 'the filter',
    bytes: text,
    run: (c, at, n) =>
      c.mqtt_filter_write(
        words(c, RECORD, FilterRecord.SIZE, span(FilterRecord.filter, at, n)),
        PacketType.SUBSCRIBE,
        OUTPUT,
        64,
      ),
  },
  { name: 'mqtt_topic_name_check', what: 'the topic', bytes: text, run: (c, at, n) => c.mqtt_topic_name_check(at, n) },
  {
    name: 'mqtt_topic_name_check',
    what: 'a wildcard at the end',
    bytes: Buffer.from('0123456789abcde#'),
    run: (c, at, n) => c.mqtt_topic_name_check(at, n),
  },
  {
    name: 'mqtt_topic_filter_check',
    what: 'the filter',
    bytes: Buffer.from('$share/group/a/+/#'),
    run: (c, at, n) => c.mqtt_topic_filter_check(at, n, 5),
  },
  {
    name: 'mqtt_topic_filter_check',
    what: 'a misplaced wildcard',
    bytes: Buffer.from('0123456789abcde#'),
    run: (c, at, n) => c.mqtt_topic_filter_check(at, n, 5),
  },
  {
    name: 'mqtt_topic_match',
    what: 'filter and topic',
    bytes: Buffer.from('a/b/c/d/e/f/+/g'),
    run: (c, at, n) => c.mqtt_topic_match(at, n, at, n),
  },
  {
    name: 'mqtt_topic_match',
    what: 'a topic with another end',
    bytes: Buffer.from('0123456789abcde/0123456789abcdf'),
    run: (c, at, n) => c.mqtt_topic_match(at, 15, (at + 16) >>> 0, n - 16),
  },
  ...(['payload', 'topic', 'properties'] as const).map(
    (field): Call => ({
      name: 'mqtt_encode',
      what: `the ${field} of a PUBLISH`,
      bytes: field === 'properties' ? properties : text,
      run: (c, at, n) => {
        const fields = { [P.type]: PacketType.PUBLISH, [P.protocolVersion]: 5, [P.topic]: INPUT, [P.topicLength]: 1 };
        new Uint8Array(c.memory.buffer)[INPUT] = 0x61;
        return c.mqtt_encode(packet(c, { ...fields, ...span(P[field], at, n) }), OUTPUT, 256);
      },
    }),
  ),
  {
    name: 'mqtt_encode',
    what: 'properties that are wrong',
    bytes: Buffer.alloc(16, 0xff),
    run: (c, at, n) =>
      c.mqtt_encode(
        packet(c, { [P.type]: PacketType.DISCONNECT, [P.protocolVersion]: 5, ...span(P.properties, at, n) }),
        OUTPUT,
        64,
      ),
  },
  {
    name: 'mqtt_encode',
    what: 'a filter list',
    bytes: subscribe.subarray(4),
    run: (c, at, n) =>
      c.mqtt_encode(
        packet(c, {
          [P.type]: PacketType.SUBSCRIBE,
          [P.protocolVersion]: 4,
          [P.packetId]: 1,
          ...span(P.payload, at, n),
        }),
        OUTPUT,
        64,
      ),
  },
  {
    name: 'mqtt_encode',
    what: 'reason codes that do not exist',
    bytes: Buffer.alloc(16, 0x7f),
    run: (c, at, n) =>
      c.mqtt_encode(
        packet(c, { [P.type]: PacketType.SUBACK, [P.protocolVersion]: 5, [P.packetId]: 1, ...span(P.payload, at, n) }),
        OUTPUT,
        64,
      ),
  },
  {
    name: 'mqtt_encode',
    what: 'a client id that is not text',
    bytes: Buffer.alloc(16, 0xff),
    run: (c, at, n) => c.mqtt_encode(connect(c, span(P.clientId, at, n)), OUTPUT, 64),
  },
  {
    name: 'mqtt_encode',
    what: 'the client id',
    bytes: text,
    run: (c, at, n) => c.mqtt_encode(connect(c, span(P.clientId, at, n)), OUTPUT, 64),
  },
  { name: 'mqtt_encode', what: 'the output', bytes: room, run: (c, at, n) => c.mqtt_encode(connect(c), at, n) },
  { name: 'session_init', what: 'the context', bytes: context, run: (c, at) => init(c, at) },
  {
    name: 'session_deadline',
    what: 'the context',
    bytes: context,
    run: (c, at) => (init(c, at) === 0 ? c.session_deadline(at, 1) : Result.INVALID_ARGUMENT),
  },
  {
    name: 'session_close',
    what: 'the context',
    bytes: context,
    run: (c, at) => (init(c, at) === 0 ? c.session_close(at) : Result.INVALID_ARGUMENT),
  },
  {
    name: 'session_send',
    what: 'the context',
    bytes: context,
    run: (c, at) => (init(c, at) === 0 ? sent(c, at) : Result.INVALID_ARGUMENT),
  },
  {
    name: 'session_send',
    what: 'the output',
    bytes: room,
    run: (c, at, n) => init(c, CONTEXT) || c.session_send(CONTEXT, connect(c), 1, at, n),
  },
  {
    name: 'session_poll',
    what: 'the output',
    bytes: room,
    run: (c, at, n) => init(c, CONTEXT) || c.session_poll(CONTEXT, 1, at, n),
  },
  {
    name: 'session_receive',
    what: 'the packet',
    bytes: connack,
    run: (c, at, n) => {
      expect(init(c, CONTEXT)).toBe(0);
      expect(sent(c, CONTEXT)).toBeGreaterThan(0);
      const result = c.mqtt_decode(at, n, 4, LARGEST_PACKET, RECORD);
      return result < 0 ? result : c.session_receive(CONTEXT, RECORD, 2, OUTPUT, 64);
    },
  },
];

/** One memory of 4 GiB, of which only the pages that are written to exist. */
const instance = compile('core.wasm').instantiate() as unknown as CoreExports;
instance.memory.grow(MEMORY_END / PAGE - instance.memory.buffer.byteLength / PAGE);
const known = new Set<number>(Object.values(Result));

/** Puts the bytes at an address, and those that would lie behind the end of memory at its start. */
function put(memory: ArrayBuffer, at: number, bytes: Buffer): void {
  const here = Math.min(bytes.length, MEMORY_END - at);
  new Uint8Array(memory, at, here).set(bytes.subarray(0, here));
  new Uint8Array(memory, 0, bytes.length - here).set(bytes.subarray(here));
}

/** What comes of a call; a trap counts as a refusal, as of every address outside of memory. */
function outcome({ bytes, run }: Call, at: number): number | 'trap' {
  const tables = Buffer.from(new Uint8Array(instance.memory.buffer, 0, 4096));
  put(instance.memory.buffer, at, bytes);
  try {
    return run(instance, at | 0, bytes.length);
  } catch (error) {
    if (error instanceof wasm.RuntimeError) return 'trap';
    throw error;
  } finally {
    new Uint8Array(instance.memory.buffer).set(tables);
  }
}

describe('a call with an address around 2^31 or 2^32', () => {
  it.each(calls)('is answered as elsewhere, or refused: $name, $what', (call) => {
    const { length } = call.bytes;
    const right = outcome(call, INPUT + 4096);
    const middle = 2 ** 31;
    const around = [middle - length - 4, middle - length, middle - 8, middle - 4, middle, middle + 4, middle + PAGE];
    for (const at of [...around, MEMORY_END - length, MEMORY_END - 8, MEMORY_END - 4]) {
      const result = outcome(call, at);
      if (result === right) continue;
      if (result === 'trap') expect(at + length, 'traps only at the end of memory').toBeGreaterThanOrEqual(MEMORY_END);
      else if (call.name === 'key_identify') expect(result, `at ${at}`).toBe(0);
      else
        expect(
          [...known].filter((code) => code < 0),
          `at ${at}`,
        ).toContain(result);
    }
  });

  it('is never answered by success where the bytes are refused elsewhere', () => {
    const wrong = calls.find(({ what }) => what === 'bytes that are not text') as Call;
    expect(outcome(wrong, 0x7ffffff8)).toBe(Result.UTF8_INVALID);
  });

  it('is tried for every function that takes an address', () => {
    const names = Object.keys(instance).filter((name) => name !== 'memory');
    const tried = new Set<string>(calls.map(({ name }) => name));
    expect(names.filter((name) => !tried.has(name))).toEqual(['abi_version', 'heap_base']);
  });
});
