/** Packet records for the specs: decoded from hex, or filled field by field and encoded. */
import { mqtt_decode, mqtt_encode } from '../../assembly/mqtt';
import { Packet, PacketType, Result } from '../../build/abi/assembly';
import { INPUT, OUTPUT, put } from './bytes';

/** The one record that the specs use. */
export const RECORD: usize = memory.data(256, 16);
export const record = changetype<Packet>(RECORD);
const ARENA: usize = memory.data(4096, 16);
let arena: usize = ARENA;

/** More than any packet of the specs. */
export const LARGEST: u32 = 268435460;

/** Decodes hex as a packet of this version and returns the result. */
export function decode(version: i32, hex: string, maximum: u32 = LARGEST): i32 {
  const length = put(hex);
  memory.fill(RECORD, 0xee, 256);
  return mqtt_decode(INPUT, length, version, maximum, RECORD);
}

export function field(offset: usize): u32 {
  return load<u32>(RECORD + offset);
}

/** Where a field that is an address points to, counted from the first byte of the packet. */
export function place(offset: usize): u32 {
  return field(offset) - <u32>INPUT;
}

export function set(offset: usize, value: u32): void {
  store<u32>(RECORD + offset, value);
}

/** Begins a new record in which everything else is zero. */
export function begin(type: i32, version: i32): void {
  memory.fill(RECORD, 0, Packet.SIZE);
  arena = ARENA;
  record.type = type;
  record.protocolVersion = version;
}

/** Lets the field at `offset` and the length after it say these bytes. */
export function setBytes(offset: usize, hex: string): void {
  const length = put(hex);
  memory.copy(arena, INPUT, length);
  set(offset, <u32>arena);
  set(offset + 4, length);
  arena += length;
}

export function setText(offset: usize, text: string): void {
  const length = <u32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, arena);
  set(offset, <u32>arena);
  set(offset + 4, length);
  arena += length;
}

function encode(capacity: u32): i32 {
  memory.fill(OUTPUT, 0xee, 4096);
  return mqtt_encode(RECORD, OUTPUT, capacity);
}

function untouched(from: usize): bool {
  for (let at = OUTPUT + from; at < OUTPUT + 4096; at++) {
    if (load<u8>(at) != 0xee) return false;
  }
  return true;
}

/** The record is refused with this code, and no byte was written. */
export function refused(code: i32, what: string): void {
  expect(encode(4096)).toBe(code, what);
  expect(untouched(0)).toBe(true, what);
}

/**
 * The record is encoded as these bytes when they just fit, with nothing behind them; and with any smaller capacity
 * nothing is written.
 */
export function encoded(hex: string, what: string): void {
  const length: u32 = hex.length >> 1;
  for (let capacity: u32 = 0; capacity < length; capacity++) {
    expect(encode(capacity)).toBe(Result.OUT_OF_SPACE, what);
    expect(untouched(0)).toBe(true, what);
  }
  expect(encode(length)).toBe(<i32>length, what);
  expect(record.length).toBe(length, what);
  expect(untouched(length)).toBe(true, what);
  expect(hexAt(OUTPUT, length)).toBe(hex, what);
}

/** Bytes of memory as hex. A length that is wrong by far is not gone through: that would take minutes. */
export function hexAt(address: usize, length: u32): string {
  if (length > 16384) return length.toString() + ' bytes';
  let text = '';
  for (let i: u32 = 0; i < length; i++) {
    const value: i32 = load<u8>(address + i);
    text += '0123456789abcdef'.charAt(value >> 4) + '0123456789abcdef'.charAt(value & 15);
  }
  return text;
}

export function connect(version: i32, flags: u32): void {
  begin(PacketType.CONNECT, version);
  record.connectFlags = flags;
  record.keepAlive = 60;
  setText(offsetof<Packet>('clientId'), 'dev');
}

export function publish(version: i32, flags: u32, topic: string): void {
  begin(PacketType.PUBLISH, version);
  record.flags = flags;
  record.packetId = 1;
  setText(offsetof<Packet>('topic'), topic);
  setText(offsetof<Packet>('payload'), 'hi');
}

/** A packet that has a packet id; its list or reason codes as hex. */
export function withId(type: i32, version: i32, payload: string): void {
  begin(type, version);
  record.packetId = 1;
  setBytes(offsetof<Packet>('payload'), payload);
}
