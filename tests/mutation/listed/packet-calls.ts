// What is called with an input of the targets packet, stream and encode. First bytes mean what tests/fuzz/targets says.
import { abi } from './masks.js';

const { ChunkRecord, DecodeOption, FilterRecord, PacketRecord, PacketType, PropertyRecord } = abi;

/** The largest packet that the protocol knows (1.5.5), and a length that nothing may have. */
const LARGEST_PACKET = 268_435_460;
const TOO_LONG = 0xf000_0000;

const OPTIONS = [3, 4, 5, 4 | DecodeOption.STRICT, 5 | DecodeOption.HEADER, 20 | DecodeOption.HEADER];

/** Encodes a decoded record, with room and with a byte too little, and reads and writes its lists an entry at a time. */
function encodeAgain(room, record, size) {
  const output = room.place(size + 4);
  const written = room.call('mqtt_encode', record, output, size);
  if (written > 0) room.call('mqtt_encode', record, output, written - 1);
}

function lists(room, list, length, type) {
  const property = room.place(PropertyRecord.SIZE);
  const filter = room.place(FilterRecord.SIZE);
  const output = room.place(length + 8);
  for (let at = 0, used = 1; used > 0 && at <= length; at += used) {
    used = room.call('mqtt_property_read', list + at, length - at, property);
    if (used > 0) for (const less of [0, 1]) room.call('mqtt_property_write', property, output, used - less);
  }
  for (let at = 0, used = 1; used > 0 && at <= length; at += used) {
    used = room.call('mqtt_filter_read', list + at, length - at, type, filter);
    if (used <= 0) break;
    const view = [room.word(filter + FilterRecord.filter), room.word(filter + FilterRecord.filterLength)];
    for (const version of [4, 5]) room.call('mqtt_topic_filter_check', ...view, version);
    for (const less of [0, 1]) room.call('mqtt_filter_write', filter, type, output, used - less);
  }
}

export function packet(room) {
  const choice = room.u8();
  const cut = room.u8();
  const bytes = room.take();
  const limit = choice & 16 ? cut : LARGEST_PACKET;
  const record = room.place(PacketRecord.SIZE);
  const input = room.last(bytes);
  for (const option of OPTIONS) {
    const result = room.call('mqtt_decode', input, bytes.length, option, limit, record);
    if (result <= 0) continue;
    const [type, list, length] = ['type', 'payload', 'payloadLength'].map((name) =>
      room.word(record + PacketRecord[name]),
    );
    const properties = ['properties', 'propertiesLength'].map((name) => room.word(record + PacketRecord[name]));
    encodeAgain(room, record, result);
    if (option > 5) continue;
    lists(room, ...properties, type);
    if (type === PacketType.SUBSCRIBE || type === PacketType.UNSUBSCRIBE) lists(room, list, length, type);
  }
  for (const type of [PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE]) lists(room, input, bytes.length, type);
  if (bytes.length > 0) room.call('mqtt_decode', input, cut % bytes.length, OPTIONS[choice % 6], limit, record);
}

/** A stream in a buffer that is filled by chunks of these sizes, and emptied of whole packets. */
export function stream(room) {
  const choice = room.u8();
  const size = room.u8() + 5;
  const capacity = 1 + (room.u8() % 8);
  const sizes = room.take(room.u8() % 16);
  const table = room.place((capacity - 1) * PacketRecord.SUMMARY_SIZE + PacketRecord.SIZE);
  const chunk = room.place(ChunkRecord.SIZE);
  const buffer = room.place(size);
  let version = (3 + ((choice % 4) % 3)) | (choice & 4 ? DecodeOption.STRICT : 0);
  let waiting = Buffer.alloc(0);
  for (let turn = 0; room.left > 0; turn++) {
    const more = Math.min(size - waiting.length, sizes.length > 0 ? sizes[turn % sizes.length] + 1 : size);
    if (more === 0) return;
    waiting = Buffer.concat([waiting, room.take(more)]);
    for (let used = 1; used > 0 && waiting.length > 0; waiting = waiting.subarray(used)) {
      room.put(buffer, waiting);
      room.call('mqtt_decode_chunk', buffer, waiting.length, version, size, table, capacity, chunk);
      used = room.word(chunk + ChunkRecord.used);
      version = room.word(chunk + ChunkRecord.protocolVersion) | (version & DecodeOption.STRICT);
    }
  }
}

/** One property and one filter; flags say which lengths are too large. */
function entries(room, space) {
  const control = [room.u8(), room.u32(), room.u8(), room.u16()];
  const [id, number, flags, options] = control;
  const bytes = room.take();
  const data = room.last(bytes);
  const output = room.place(space);
  const property = room.place(PropertyRecord.SIZE);
  const lengths = {
    valueLength: flags & 1 ? TOO_LONG : bytes.length >> 1,
    nameLength: flags & 2 ? TOO_LONG : bytes.length,
  };
  for (const value of [number, data]) {
    room.set(property, PropertyRecord, { id, value, name: data, ...lengths });
    // A number that is taken for an address has to be one.
    if (value === data || (number < data && lengths.valueLength < data - number))
      room.call('mqtt_property_write', property, output, space);
  }
  const filter = room.place(FilterRecord.SIZE);
  const filterLength = flags & 2 ? TOO_LONG : bytes.length;
  room.set(filter, FilterRecord, { filter: data, filterLength, options: options % 512 });
  for (const type of [PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE])
    room.call('mqtt_filter_write', filter, type, output, space);
}

const VIEWS = ['topic', 'payload', 'properties', 'clientId', 'willProperties', 'userName', 'password'];

/** Encoding from any record. */
export function encode(room) {
  const head = room.u8();
  const space = room.u8() * 4;
  if ((head & 15) === 0) return entries(room, space);
  const fields = { type: head & 15, protocolVersion: 3 + ((head >> 4) % 3), flags: room.u8(), packetId: room.u16() };
  Object.assign(fields, { reasonCode: room.u8(), connectFlags: room.u8(), keepAlive: room.u16() });
  const beyond = room.u8();
  const largest = {
    1: ['packetId', 0x10000],
    2: ['reasonCode', 256],
    3: ['connectFlags', 256],
    4: ['keepAlive', 0x10000],
    5: ['type', 16],
  };
  if (largest[beyond]) fields[largest[beyond][0]] |= largest[beyond][1];
  if (beyond === 6) fields.protocolVersion = room.u32();
  const views = VIEWS.map((name) => [name, room.u8(), room.u8()]);
  const bytes = room.take();
  const data = room.last(bytes);
  for (const [name, from, length] of views) {
    const start = Math.min(from, bytes.length);
    fields[name] = data + start;
    fields[`${name}Length`] = length === 255 ? TOO_LONG : Math.min(length, bytes.length - start);
  }
  const record = room.place(PacketRecord.SIZE, new Uint8Array(PacketRecord.SIZE));
  const output = room.place(space);
  const written = room.call('mqtt_encode', room.set(record, PacketRecord, fields), output, space);
  if (written <= 0) return undefined;
  room.call('mqtt_encode', record, output, written - 1);
  return room.call('mqtt_decode', output, written, fields.protocolVersion, LARGEST_PACKET, record);
}
