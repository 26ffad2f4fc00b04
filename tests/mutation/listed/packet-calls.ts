// The calls for an input of the targets packet, stream and encode. First bytes mean what tests/fuzz/targets says.
import {
  ChunkRecord,
  DecodeOption,
  FilterRecord,
  PacketRecord,
  PacketType,
  PropertyRecord,
} from '../../../build/abi/core.js';
import type { CallMemory } from './call-memory.js';

/** The largest packet that the protocol knows (1.5.5). */
const LARGEST_PACKET = 268_435_460;
/** A length that nothing can have. */
const TOO_LONG = 0xf000_0000;

const OPTIONS = [3, 4, 5, 4 | DecodeOption.STRICT, 5 | DecodeOption.HEADER, 20 | DecodeOption.HEADER];

/** Encodes a decoded record, with enough room and with a byte too little. */
function encodeAgain(memory: CallMemory, record: number, size: number): void {
  const output = memory.place(size + 4);
  const written = memory.call('mqtt_encode', record, output, size);
  if (written > 0) memory.call('mqtt_encode', record, output, written - 1);
}

/** Reads and writes properties and filters an entry at a time. */
function lists(memory: CallMemory, list: number, length: number, type: number): void {
  const property = memory.place(PropertyRecord.SIZE);
  const filter = memory.place(FilterRecord.SIZE);
  const output = memory.place(length + 8);
  for (let at = 0, used = 1; used > 0 && at <= length; at += used) {
    used = memory.call('mqtt_property_read', list + at, length - at, property);
    if (used > 0) for (const less of [0, 1]) memory.call('mqtt_property_write', property, output, used - less);
  }
  for (let at = 0, used = 1; used > 0 && at <= length; at += used) {
    used = memory.call('mqtt_filter_read', list + at, length - at, type, filter);
    if (used <= 0) break;
    const view = [memory.word(filter + FilterRecord.filter), memory.word(filter + FilterRecord.filterLength)] as const;
    for (const version of [4, 5]) memory.call('mqtt_topic_filter_check', ...view, version);
    for (const less of [0, 1]) memory.call('mqtt_filter_write', filter, type, output, used - less);
  }
}

export function packet(memory: CallMemory): void {
  const choice = memory.u8();
  const cut = memory.u8();
  const bytes = memory.take();
  const limit = choice & 16 ? cut : LARGEST_PACKET;
  const record = memory.place(PacketRecord.SIZE);
  const input = memory.last(bytes);
  for (const option of OPTIONS) {
    const result = memory.call('mqtt_decode', input, bytes.length, option, limit, record);
    if (result <= 0) continue;
    const type = memory.word(record + PacketRecord.type);
    const list = memory.word(record + PacketRecord.payload);
    const length = memory.word(record + PacketRecord.payloadLength);
    const properties = memory.word(record + PacketRecord.properties);
    const propertiesLength = memory.word(record + PacketRecord.propertiesLength);
    encodeAgain(memory, record, result);
    if (option > 5) continue;
    lists(memory, properties, propertiesLength, type);
    if (type === PacketType.SUBSCRIBE || type === PacketType.UNSUBSCRIBE) lists(memory, list, length, type);
  }
  for (const type of [PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE]) lists(memory, input, bytes.length, type);
  if (bytes.length > 0) memory.call('mqtt_decode', input, cut % bytes.length, OPTIONS[choice % 6], limit, record);
}

/** A stream in a buffer that is filled by chunks of these sizes, and emptied of whole packets. */
export function stream(memory: CallMemory): void {
  const choice = memory.u8();
  const size = memory.u8() + 5;
  const capacity = 1 + (memory.u8() % 8);
  const sizes = memory.take(memory.u8() % 16);
  const table = memory.place((capacity - 1) * PacketRecord.SUMMARY_SIZE + PacketRecord.SIZE);
  const chunk = memory.place(ChunkRecord.SIZE);
  const buffer = memory.place(size);
  let version = (3 + ((choice % 4) % 3)) | (choice & 4 ? DecodeOption.STRICT : 0);
  let waiting: Buffer = Buffer.alloc(0);
  for (let turn = 0; memory.left > 0; turn++) {
    const more = Math.min(size - waiting.length, sizes.length > 0 ? sizes[turn % sizes.length] + 1 : size);
    if (more === 0) return;
    waiting = Buffer.concat([waiting, memory.take(more)]);
    for (let used = 1; used > 0 && waiting.length > 0; waiting = waiting.subarray(used)) {
      memory.put(buffer, waiting);
      memory.call('mqtt_decode_chunk', buffer, waiting.length, version, size, table, capacity, chunk);
      used = memory.word(chunk + ChunkRecord.used);
      version = memory.word(chunk + ChunkRecord.protocolVersion) | (version & DecodeOption.STRICT);
    }
  }
}

/** One property and one filter. `flags` says which lengths are too large. */
function entries(memory: CallMemory, space: number): void {
  const [id, number, flags, options] = [memory.u8(), memory.u32(), memory.u8(), memory.u16()];
  const bytes = memory.take();
  const data = memory.last(bytes);
  const output = memory.place(space);
  const property = memory.place(PropertyRecord.SIZE);
  const lengths = {
    valueLength: flags & 1 ? TOO_LONG : bytes.length >> 1,
    nameLength: flags & 2 ? TOO_LONG : bytes.length,
  };
  for (const value of [number, data]) {
    memory.set(property, PropertyRecord, { id, value, name: data, ...lengths });
    // A number that is used as an address must be one.
    if (value === data || (number < data && lengths.valueLength < data - number))
      memory.call('mqtt_property_write', property, output, space);
  }
  const filter = memory.place(FilterRecord.SIZE);
  const filterLength = flags & 2 ? TOO_LONG : bytes.length;
  memory.set(filter, FilterRecord, { filter: data, filterLength, options: options % 512 });
  for (const type of [PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE])
    memory.call('mqtt_filter_write', filter, type, output, space);
}

const VIEWS = ['topic', 'payload', 'properties', 'clientId', 'willProperties', 'userName', 'password'];

/** By what fields go beyond their range: a field and the bit that it gets. */
const BEYOND: Readonly<Record<number, readonly [string, number]>> = {
  1: ['packetId', 0x10000],
  2: ['reasonCode', 256],
  3: ['connectFlags', 256],
  4: ['keepAlive', 0x10000],
  5: ['type', 16],
};

/** Encodes any record. */
export function encode(memory: CallMemory): void {
  const head = memory.u8();
  const space = memory.u8() * 4;
  if ((head & 15) === 0) {
    entries(memory, space);
    return;
  }
  const fields: Record<string, number> = {
    type: head & 15,
    protocolVersion: 3 + ((head >> 4) % 3),
    flags: memory.u8(),
    packetId: memory.u16(),
    reasonCode: memory.u8(),
    connectFlags: memory.u8(),
    keepAlive: memory.u16(),
  };
  const choice = memory.u8();
  const beyond = BEYOND[choice];
  if (beyond) fields[beyond[0]] |= beyond[1];
  if (choice === 6) fields.protocolVersion = memory.u32();
  const views = VIEWS.map((name) => ({ name, from: memory.u8(), length: memory.u8() }));
  const bytes = memory.take();
  const data = memory.last(bytes);
  for (const { name, from, length } of views) {
    const start = Math.min(from, bytes.length);
    fields[name] = data + start;
    fields[`${name}Length`] = length === 255 ? TOO_LONG : Math.min(length, bytes.length - start);
  }
  const record = memory.place(PacketRecord.SIZE, new Uint8Array(PacketRecord.SIZE));
  const output = memory.place(space);
  const written = memory.call('mqtt_encode', memory.set(record, PacketRecord, fields), output, space);
  if (written <= 0) return;
  memory.call('mqtt_encode', record, output, written - 1);
  memory.call('mqtt_decode', output, written, fields.protocolVersion, LARGEST_PACKET, record);
}
