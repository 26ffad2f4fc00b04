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

const call = (name: Call['name'], what: string, bytes: Buffer, run: Call['run']): Call => ({ name, what, bytes, run });

const calls: Call[] = [
  call('utf8_check', 'text', text, (c, at, n) => c.utf8_check(at, n, 0)),
  call('utf8_check', 'bytes that are not text', Buffer.alloc(16, 0xff), (c, at, n) => c.utf8_check(at, n, 0)),
  call('utf8_check', 'a bad last byte', Buffer.from('0123456789abcde\0'), (c, at, n) => c.utf8_check(at, n, 0)),
  call('memory_wipe', 'what is wiped', text, (c, at, n) => c.memory_wipe(at, n)),
  call('hex_encode', 'the bytes', text, (c, at, n) => c.hex_encode(at, n, OUTPUT, 64)),
  call('hex_encode', 'the output', room, (c, at, n) => c.hex_encode(OUTPUT, n / 2, at, n)),
  call('hex_decode', 'the digits', digits, (c, at, n) => c.hex_decode(at, n, OUTPUT, 64, 0)),
  call('hex_decode', 'a bad digit at the end', Buffer.from('0011223344556677x0'), (c, at, n) =>
    c.hex_decode(at, n, OUTPUT, 64, 0),
  ),
  call('der_read', 'the element', der('certificate'), (c, at, n) => c.der_read(at, n, RECORD)),
  call('der_check', 'the element', der('certificate'), (c, at, n) => c.der_check(at, n, RECORD, 20, 0)),
  call('x509_read', 'the certificate', der('certificate'), (c, at, n) => c.x509_read(at, n, RECORD)),
  call('csr_read', 'the request', der('request'), (c, at, n) => c.csr_read(at, n, RECORD)),
  call('crl_read', 'the list', der('crl'), (c, at, n) => c.crl_read(at, n, RECORD)),
  call('crl_find', 'the serial number', Buffer.from('7fffffffffffffffffff', 'hex'), (c, at, n) => {
    new Uint8Array(c.memory.buffer).set(der('crl'), INPUT);
    expect(c.crl_read(INPUT, der('crl').length, RECORD)).toBeGreaterThan(0);
    return c.crl_find(RECORD, at, n);
  }),
  call('key_identify', 'the key', key, (c, at, n) => c.key_identify(at, n)),
  call('key_identify', 'hex of a key', Buffer.from(key.toString('hex')), (c, at, n) => c.key_identify(at, n)),
  call('key_read', 'the key', key, (c, at, n) => c.key_read(at, n, RECORD)),
  call('key_check_pkcs8', 'the key', key, (c, at, n) => c.key_check_pkcs8(at, n, RECORD)),
  call('key_wrap_pkcs8', 'the key', key, (c, at, n) => c.key_wrap_pkcs8(at, n, OUTPUT, n + DerLimit.WRAPPING, RECORD)),
  call('mqtt_decode', 'the packet', publish, (c, at, n) => c.mqtt_decode(at, n, 5, LARGEST_PACKET, RECORD)),
  call('mqtt_decode', 'a filter list', subscribe, (c, at, n) => c.mqtt_decode(at, n, 4, LARGEST_PACKET, RECORD)),
  call('mqtt_decode_chunk', 'two packets', Buffer.concat([subscribe, publish.fill(0x30, 0, 1)]), (c, at, n) =>
    c.mqtt_decode_chunk(at, n, 5, LARGEST_PACKET, RECORD, 4, CONTEXT),
  ),
  call('mqtt_property_read', 'a user property', properties, (c, at, n) => c.mqtt_property_read(at, n, RECORD)),
  call('mqtt_property_read', 'an integer', Buffer.from('02000000ff', 'hex'), (c, at, n) =>
    c.mqtt_property_read(at, n, RECORD),
  ),
  call('mqtt_property_read', 'a Variable Byte Integer', Buffer.from('0bffffff7f', 'hex'), (c, at, n) =>
    c.mqtt_property_read(at, n, RECORD),
  ),
  call('mqtt_property_write', 'the value', text, (c, at, n) =>
    c.mqtt_property_write(
      words(c, RECORD, PropertyRecord.SIZE, { [PropertyRecord.id]: 31, ...span(PropertyRecord.value, at, n) }),
      OUTPUT,
      64,
    ),
  ),
  call('mqtt_filter_read', 'a filter list', subscribe.subarray(4), (c, at, n) =>
    c.mqtt_filter_read(at, n, PacketType.SUBSCRIBE, RECORD),
  ),
  call('mqtt_filter_write', 'the filter', text, (c, at, n) =>
    c.mqtt_filter_write(
      words(c, RECORD, FilterRecord.SIZE, span(FilterRecord.filter, at, n)),
      PacketType.SUBSCRIBE,
      OUTPUT,
      64,
    ),
  ),
  call('mqtt_topic_name_check', 'the topic', text, (c, at, n) => c.mqtt_topic_name_check(at, n)),
  call('mqtt_topic_name_check', 'a wildcard at the end', Buffer.from('0123456789abcde#'), (c, at, n) =>
    c.mqtt_topic_name_check(at, n),
  ),
  call('mqtt_topic_filter_check', 'the filter', Buffer.from('$share/group/a/+/#'), (c, at, n) =>
    c.mqtt_topic_filter_check(at, n, 5),
  ),
  call('mqtt_topic_filter_check', 'a misplaced wildcard', Buffer.from('0123456789abcde#'), (c, at, n) =>
    c.mqtt_topic_filter_check(at, n, 5),
  ),
  call('mqtt_topic_match', 'filter and topic', Buffer.from('a/b/c/d/e/f/+/g'), (c, at, n) =>
    c.mqtt_topic_match(at, n, at, n),
  ),
  call('mqtt_topic_match', 'a topic with another end', Buffer.from('0123456789abcde/0123456789abcdf'), (c, at, n) =>
    c.mqtt_topic_match(at, 15, (at + 16) >>> 0, n - 16),
  ),
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
  call('mqtt_encode', 'properties that are wrong', Buffer.alloc(16, 0xff), (c, at, n) =>
    c.mqtt_encode(
      packet(c, { [P.type]: PacketType.DISCONNECT, [P.protocolVersion]: 5, ...span(P.properties, at, n) }),
      OUTPUT,
      64,
    ),
  ),
  call('mqtt_encode', 'a filter list', subscribe.subarray(4), (c, at, n) =>
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
  ),
  call('mqtt_encode', 'reason codes that do not exist', Buffer.alloc(16, 0x7f), (c, at, n) =>
    c.mqtt_encode(
      packet(c, { [P.type]: PacketType.SUBACK, [P.protocolVersion]: 5, [P.packetId]: 1, ...span(P.payload, at, n) }),
      OUTPUT,
      64,
    ),
  ),
  call('mqtt_encode', 'a client id that is not text', Buffer.alloc(16, 0xff), (c, at, n) =>
    c.mqtt_encode(connect(c, span(P.clientId, at, n)), OUTPUT, 64),
  ),
  call('mqtt_encode', 'the client id', text, (c, at, n) =>
    c.mqtt_encode(connect(c, span(P.clientId, at, n)), OUTPUT, 64),
  ),
  call('mqtt_encode', 'the output', room, (c, at, n) => c.mqtt_encode(connect(c), at, n)),
  call('session_init', 'the context', context, (c, at) => init(c, at)),
  call('session_deadline', 'the context', context, (c, at) =>
    init(c, at) === 0 ? c.session_deadline(at, 1) : Result.INVALID_ARGUMENT,
  ),
  call('session_close', 'the context', context, (c, at) =>
    init(c, at) === 0 ? c.session_close(at) : Result.INVALID_ARGUMENT,
  ),
  call('session_restore', 'the context', context, (c, at) =>
    init(c, at) === 0 ? c.session_restore(at, CONTEXT_SIZE) : Result.INVALID_ARGUMENT,
  ),
  call('session_arrived', 'the context', context, (c, at) =>
    init(c, at) === 0 ? c.session_arrived(at, 1) : Result.INVALID_ARGUMENT,
  ),
  call('session_send', 'the context', context, (c, at) => (init(c, at) === 0 ? sent(c, at) : Result.INVALID_ARGUMENT)),
  call(
    'session_send',
    'the output',
    room,
    (c, at, n) => init(c, CONTEXT) || c.session_send(CONTEXT, connect(c), 1, at, n),
  ),
  call('session_poll', 'the output', room, (c, at, n) => init(c, CONTEXT) || c.session_poll(CONTEXT, 1, at, n)),
  call('session_receive', 'the packet', connack, (c, at, n) => {
    expect(init(c, CONTEXT)).toBe(0);
    expect(sent(c, CONTEXT)).toBeGreaterThan(0);
    const result = c.mqtt_decode(at, n, 4, LARGEST_PACKET, RECORD);
    return result < 0 ? result : c.session_receive(CONTEXT, RECORD, 2, OUTPUT, 64);
  }),
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
