/** One session context for the specs, packets of the client by record, packets of the server as hex. */
import { session_close, session_init, session_poll, session_receive, session_send } from '../../assembly/mqtt/session';
import { Context, SCRATCH } from '../../assembly/mqtt/session/layout';
import { Packet, PacketType, Result, Session, SessionContext, SessionEvent } from '../../build/abi/assembly';
import { OUTPUT } from './bytes';
import { begin, decode, hexAt, RECORD, record, setBytes, setText } from './mqtt-records';

export const CONTEXT: usize = memory.data(1024, 16);
export const context = changetype<Context>(CONTEXT);
const BEFORE: usize = memory.data(1024, 16);
const GUARD: u32 = 0xeeeeeeee;
/** Time of the calls of this file. */
let now: u32 = 0;

export function at(time: u32): void {
  now = time;
}

export function event(): i32 {
  return context.event;
}

/** A new session; the context ends where its guard begins. */
export function fresh(sendCapacity: u32 = 4, receiveCapacity: u32 = 4, flags: u32 = 0, aliasBytes: u32 = 0): void {
  memory.fill(CONTEXT, 0xee, 1024);
  const length = <u32>SessionContext.HEADER + (sendCapacity + receiveCapacity) * 4 + aliasBytes;
  expect(session_init(CONTEXT, length, sendCapacity, receiveCapacity, flags, 5000)).toBe(0, 'init');
  expect(load<u32>(CONTEXT + length)).toBe(GUARD, 'guard');
}

export function connectRecord(version: i32, flags: u32 = 0, properties: string = ''): void {
  begin(PacketType.CONNECT, version);
  record.connectFlags = flags;
  record.keepAlive = 60;
  setText(offsetof<Packet>('clientId'), 'dev');
  if (properties.length > 0) setBytes(offsetof<Packet>('properties'), properties);
}

export function send(capacity: u32 = 4096): i32 {
  store<u32>(OUTPUT + 4096 - 4, GUARD);
  return session_send(CONTEXT, RECORD, now, OUTPUT, capacity);
}

/** Session Expiry Interval of a minute: in MQTT 5 there is no session to resume without one (3.1.2.11.2). */
export const EXPIRY: string = '110000003c';

/** CONNECT, in MQTT 5 with EXPIRY unless `own` says otherwise, and CONNACK. */
export function connect(version: i32, present: bool = false, own: string = EXPIRY, server: string = ''): void {
  connectRecord(version, 0, version == 5 ? own : '');
  expect(send()).toBeGreaterThan(0, 'CONNECT');
  const flag = present ? '01' : '00';
  let connack = '2002' + flag + '00';
  if (version == 5) connack = '20' + byte(3 + server.length / 2) + flag + '00' + byte(server.length / 2) + server;
  expect(receive(connack)).toBe(0, 'CONNACK');
  expect(event()).toBe(SessionEvent.CONNECTED, 'CONNACK');
}

export function connected(version: i32): void {
  fresh();
  connect(version);
}

export function close(): void {
  expect(session_close(CONTEXT)).toBe(0, 'close');
}

export function reconnect(): void {
  close();
  connect(context.protocolVersion, true);
}

export function byte(value: i32): string {
  return '0123456789abcdef'.charAt((value >> 4) & 15) + '0123456789abcdef'.charAt(value & 15);
}

/** The server's packet: decoded as what the session speaks, and taken. */
export function receive(hex: string, capacity: u32 = 5): i32 {
  expect(decode(context.protocolVersion, hex)).toBe(hex.length / 2, hex);
  return receiveRecord(CONTEXT, capacity);
}

/** The packet of the record, taken by this context. */
export function receiveRecord(session: usize = CONTEXT, capacity: u32 = 5): i32 {
  return session_receive(session, RECORD, now, OUTPUT, capacity);
}

export function poll(capacity: u32 = 5): i32 {
  return session_poll(CONTEXT, now, OUTPUT, capacity);
}

function remember(): void {
  memory.copy(BEFORE, CONTEXT, 1024);
}

/** All but the event and the scratch parts is as before. */
function same(): bool {
  for (let offset: usize = 0; offset < 1024; offset++) {
    if (offset >= offsetof<Session>('event') && offset < offsetof<Session>('event') + 8) continue;
    if (offset >= SCRATCH && offset < <usize>SessionContext.HEADER) continue;
    if (load<u8>(BEFORE + offset) != load<u8>(CONTEXT + offset)) return false;
  }
  return true;
}

/** The packet of the record is refused with this code, and nothing has changed: not even its Packet Identifier. */
export function sendRefused(code: i32, what: string, capacity: u32 = 4096): void {
  remember();
  const packetId = record.packetId;
  expect(send(capacity)).toBe(code, what);
  expect(record.packetId).toBe(packetId, what);
  expect(same()).toBe(true, what);
}

export function receiveRefused(hex: string, code: i32, capacity: u32 = 5): void {
  remember();
  expect(receive(hex, capacity)).toBe(code, hex);
  expect(event()).toBe(SessionEvent.NONE, hex);
  expect(same()).toBe(true, hex);
}

export function pollRefused(code: i32, capacity: u32 = 5): void {
  remember();
  expect(poll(capacity)).toBe(code);
  expect(same()).toBe(true, 'poll');
}

/** The server's packet is answered with these bytes and means this; with less than five bytes of room nothing changes. */
export function received(hex: string, answer: string, meaning: i32): void {
  receiveRefused(hex, Result.OUT_OF_SPACE, 4);
  expect(receive(hex)).toBe(answer.length / 2, hex);
  expect(hexAt(OUTPUT, answer.length / 2)).toBe(answer, hex);
  expect(event()).toBe(meaning, hex);
}

export function publishRecord(qos: i32, dup: bool = false, packetId: u32 = 0): void {
  begin(PacketType.PUBLISH, 0);
  record.flags = (qos << 1) | (dup ? 8 : 0);
  record.packetId = packetId;
  setText(offsetof<Packet>('topic'), 'a');
}

/** Sends a new message, first with too little room; gives its Packet Identifier. */
export function publish(qos: i32): u32 {
  publishRecord(qos);
  sendRefused(Result.OUT_OF_SPACE, 'PUBLISH without room', 4);
  expect(send()).toBeGreaterThan(0, 'PUBLISH');
  return record.packetId;
}

/** SUBSCRIBE or UNSUBSCRIBE of "a" and "b"; gives its Packet Identifier. */
export function subscribe(type: i32): u32 {
  begin(type, 0);
  const tail = type == PacketType.SUBSCRIBE ? '00' : '';
  setBytes(offsetof<Packet>('payload'), '000161' + tail + '000162' + tail);
  sendRefused(Result.OUT_OF_SPACE, 'list without room', 8);
  expect(send()).toBeGreaterThan(0, 'list');
  return record.packetId;
}

/** PUBACK or PUBREC by hand. */
export function acknowledgeRecord(type: i32, packetId: u32, reasonCode: u32 = 0): void {
  begin(type, 0);
  record.packetId = packetId;
  record.reasonCode = reasonCode;
}

export function acknowledge(type: i32, packetId: u32, reasonCode: u32 = 0): i32 {
  acknowledgeRecord(type, packetId, reasonCode);
  return send();
}
