import { PacketRecord, PacketType } from '../../build/abi/core.js';
import { flag, integer, list, object } from './arguments.js';
import { MqttError } from './errors.js';
import { core, recordAddress, scratch } from './instance.js';
import type {
  ConnectPacket,
  Packet,
  ProtocolVersion,
  PublishPacket,
  SubackPacket,
  SubscribePacket,
  UnsubscribePacket,
} from './packets.js';
import { writeProperties } from './properties.js';
import { writer } from './writer.js';

/** Room for fixed header, lengths and integers of any packet, beside its strings, lists and properties. */
const FIXED_ROOM = 64;

/** Bytes up to which a packet counts as small. */
const SMALL = 128;

const packetTypes = new Map<string, number>(
  Object.entries(PacketType).map(([name, value]) => [name.toLowerCase(), value]),
);

/**
 * Encodes one control packet.
 *
 * @returns the packet as bytes that the caller owns.
 * @throws MqttError when the packet breaks a rule of the standard (byteOffset -1); TypeError or RangeError for a value
 * of the wrong type or range. Nothing is written then.
 */
export function encodePacket(packet: Packet, protocolVersion: ProtocolVersion): Buffer {
  const length = encode(packet, protocolVersion);
  const bytes = Buffer.allocUnsafe(length);
  const { u8 } = scratch;
  const { at } = writer;
  // A loop copies a small packet faster than a call.
  if (length > SMALL) bytes.set(u8.subarray(at, at + length));
  else for (let n = 0; n < length; n++) bytes[n] = u8[at + n];
  return bytes;
}

/** Encodes into scratch memory at `writer.at`; gives the length. */
function encode(packet: Packet, protocolVersion: ProtocolVersion): number {
  const capacity = fillRecord(packet, protocolVersion);
  writer.room(capacity);
  const written = core.mqtt_encode(recordAddress, writer.at, capacity);
  const version = packet.type === 'connect' ? packet.protocolVersion : protocolVersion;
  if (written < 0) throw new MqttError(written, -1, packet.type, [], version);
  return written;
}

/**
 * Describes a packet in the Packet record at `recordAddress`; its strings and lists stand in scratch memory from the first
 * byte on. Whether the packet keeps the standard is for the core to say.
 *
 * @returns bytes that the encoded packet takes at the most; the strings and lists take fewer
 * @throws TypeError or RangeError for a value of the wrong type or range; MqttError UTF8_INVALID, STRING_TOO_LONG
 */
export function fillRecord(packet: Packet, protocolVersion: ProtocolVersion): number {
  object(packet, 'packet');
  const type = packetTypes.get(packet.type);
  if (type === undefined) throw new TypeError(`there is no packet type ${String(packet.type)}`);
  const version = packet.type === 'connect' ? packet.protocolVersion : protocolVersion;
  integer(version, 3, 5, 'protocolVersion');
  writer.begin();
  const start = writer.at;
  writer.set(PacketRecord.type, type);
  writer.set(PacketRecord.protocolVersion, version);
  if ('properties' in packet) writeProperties(packet.properties, PacketRecord.properties, packet.type);
  fill(packet);
  return writer.at - start + FIXED_ROOM;
}

function fill(packet: Packet): void {
  switch (packet.type) {
    case 'connect':
      fillConnect(packet);
      break;
    case 'connack':
      writer.set(PacketRecord.connectFlags, flag(packet.sessionPresent, 'connack: sessionPresent'));
      setReason(packet);
      break;
    case 'publish':
      fillPublish(packet);
      break;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      setPacketId(packet);
      setReason(packet);
      break;
    case 'subscribe':
    case 'unsubscribe':
      setPacketId(packet);
      writeFilters(packet);
      break;
    case 'suback':
    case 'unsuback':
      setPacketId(packet);
      writeReasons(packet);
      break;
    case 'disconnect':
    case 'auth':
      setReason(packet);
      break;
  }
}

function setReason(packet: { type: string; reasonCode: number }): void {
  writer.set(PacketRecord.reasonCode, number(packet.reasonCode, 0xff, packet.type, 'reasonCode'));
}

function setPacketId(packet: { type: string; packetId?: number }): void {
  writer.set(PacketRecord.packetId, number(packet.packetId, 0xffff, packet.type, 'packetId'));
}

/** As `integer` from 0, with the name of the field put together only for an error. */
function number(value: unknown, maximum: number, packetType: string, field: string): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum) return value as number;
  return integer(value, 0, maximum, `${packetType}: ${field}`);
}

function setText(field: number, text: string, packetType: string, name: string): void {
  const start = writer.at;
  writer.text(text, packetType, name);
  writer.setView(field, start);
}

function setBytes(field: number, bytes: Uint8Array, packetType: string, name: string): void {
  const start = writer.at;
  writer.bytes(bytes, packetType, name);
  writer.setView(field, start);
}

function fillConnect(packet: ConnectPacket): void {
  let flags = flag(packet.cleanStart, 'connect: cleanStart') << 1;
  writer.set(PacketRecord.keepAlive, number(packet.keepAlive, 0xffff, 'connect', 'keepAlive'));
  setText(PacketRecord.clientId, packet.clientId, 'connect', 'clientId');
  if (packet.will !== undefined) {
    object(packet.will, 'connect: will');
    const { topic, payload, qos, retain, properties } = packet.will;
    flags |= 4 | (number(qos, 3, 'connect', 'will.qos') << 3) | (flag(retain, 'connect: will.retain') << 5);
    writeProperties(properties, PacketRecord.willProperties, 'connect: will');
    setText(PacketRecord.topic, topic, 'connect', 'will.topic');
    setBytes(PacketRecord.payload, payload, 'connect', 'will.payload');
  }
  if (packet.userName !== undefined) {
    flags |= 0x80;
    setText(PacketRecord.userName, packet.userName, 'connect', 'userName');
  }
  if (packet.password !== undefined) {
    flags |= 0x40;
    setBytes(PacketRecord.password, packet.password, 'connect', 'password');
  }
  writer.set(PacketRecord.connectFlags, flags);
}

function fillPublish(packet: PublishPacket): void {
  const qos = number(packet.qos, 3, 'publish', 'qos');
  const flags = flag(packet.retain, 'publish: retain') | (qos << 1) | (flag(packet.dup, 'publish: dup') << 3);
  writer.set(PacketRecord.flags, flags);
  if (qos > 0) setPacketId(packet);
  setText(PacketRecord.topic, packet.topic, 'publish', 'topic');
  setBytes(PacketRecord.payload, packet.payload, 'publish', 'payload');
}

function writeFilters(packet: SubscribePacket | UnsubscribePacket): void {
  const start = writer.at;
  if (packet.type === 'unsubscribe') {
    for (const topicFilter of list(packet.topicFilters, 'unsubscribe: topicFilters')) {
      writer.field(topicFilter, 'text', 'unsubscribe', 'topicFilter');
    }
  } else {
    for (const subscription of list(packet.subscriptions, 'subscribe: subscriptions')) {
      object(subscription, 'subscribe: subscriptions');
      writer.field(subscription.topicFilter, 'text', 'subscribe', 'topicFilter');
      writer.byte(subscriptionOptions(subscription));
    }
  }
  writer.setView(PacketRecord.payload, start);
}

function subscriptionOptions(subscription: SubscribePacket['subscriptions'][number]): number {
  const qos = number(subscription.qos, 3, 'subscribe', 'qos');
  const retainHandling = number(subscription.retainHandling ?? 0, 3, 'subscribe', 'retainHandling');
  const noLocal = flag(subscription.noLocal, 'subscribe: noLocal');
  const retainAsPublished = flag(subscription.retainAsPublished, 'subscribe: retainAsPublished');
  return qos | (noLocal << 2) | (retainAsPublished << 3) | (retainHandling << 4);
}

function writeReasons(packet: SubackPacket): void {
  const start = writer.at;
  for (const code of list(packet.reasonCodes, `${packet.type}: reasonCodes`)) {
    writer.byte(number(code, 0xff, packet.type, 'reasonCodes'));
  }
  writer.setView(PacketRecord.payload, start);
}
