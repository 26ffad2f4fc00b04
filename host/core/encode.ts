import { FilterRecord, PacketRecord, PacketType } from '../../build/abi/core.js';
import { flag, integer, list, object } from './arguments.js';
import { MqttError } from './errors.js';
import { core, scratch } from './instance.js';
import type {
  AcknowledgementPacket,
  ConnectPacket,
  Packet,
  ProtocolVersion,
  PublishPacket,
  SubackPacket,
  SubscribePacket,
  UnsubscribePacket,
} from './packets.js';
import { writeProperties } from './properties.js';
import { writeBytes, writeText } from './strings.js';

/** Room for fixed header, lengths and integers of any packet, beside its strings, lists and properties. */
const FIXED_ROOM = 64;

const packetTypes = Object.fromEntries(
  Object.entries(PacketType).map(([name, value]) => [name.toLowerCase(), value]),
) as Record<Packet['type'], number>;

/** Sets fields of a record in scratch memory by their byte offsets, and counts the bytes they point to. */
class RecordWriter {
  readonly address: number;
  bytes = 0;

  constructor(size: number) {
    this.address = scratch.take(size);
    scratch.u8.fill(0, this.address, this.address + size);
  }

  set(offset: number, value: number): void {
    scratch.u32[(this.address + offset) >> 2] = value;
  }

  /** An address and, in the word after it, a length. */
  setView(offset: number, [address, length]: [number, number]): void {
    this.set(offset, address);
    this.set(offset + 4, length);
    this.bytes += length;
  }
}

/**
 * Encodes one control packet.
 *
 * @returns the packet as bytes that the caller owns.
 * @throws MqttError when the packet breaks a rule of the standard (byteOffset -1); TypeError or RangeError for a value
 * of the wrong type or range. Nothing is written then.
 */
export function encodePacket(packet: Packet, protocolVersion: ProtocolVersion): Buffer {
  scratch.reserve(0);
  object(packet, 'packet');
  const type = Object.hasOwn(packetTypes, packet.type) ? packetTypes[packet.type] : 0;
  if (!type) throw new TypeError(`there is no packet type ${String(packet.type)}`);
  const version = packet.type === 'connect' ? packet.protocolVersion : protocolVersion;
  integer(version, 3, 5, 'protocolVersion');
  const record = new RecordWriter(PacketRecord.SIZE);
  record.set(PacketRecord.type, type);
  record.set(PacketRecord.protocolVersion, version);
  if ('properties' in packet) record.setView(PacketRecord.properties, writeProperties(packet.properties, packet.type));
  fill(record, packet);
  const capacity = record.bytes + FIXED_ROOM;
  const output = scratch.take(capacity);
  const written = core.mqtt_encode(record.address, output, capacity);
  if (written < 0) throw new MqttError(written, -1, packet.type);
  return Buffer.from(scratch.u8.subarray(output, output + written));
}

function fill(record: RecordWriter, packet: Packet): void {
  switch (packet.type) {
    case 'connect':
      fillConnect(record, packet);
      break;
    case 'connack':
      record.set(PacketRecord.connectFlags, flag(packet.sessionPresent, 'connack: sessionPresent'));
      record.set(PacketRecord.reasonCode, reason(packet));
      break;
    case 'publish':
      fillPublish(record, packet);
      break;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      setPacketId(record, packet);
      record.set(PacketRecord.reasonCode, reason(packet));
      break;
    case 'subscribe':
    case 'unsubscribe':
      setPacketId(record, packet);
      record.setView(PacketRecord.payload, writeFilters(packet));
      break;
    case 'suback':
    case 'unsuback':
      setPacketId(record, packet);
      record.setView(PacketRecord.payload, writeReasons(packet));
      break;
    case 'disconnect':
    case 'auth':
      record.set(PacketRecord.reasonCode, reason(packet));
      break;
  }
}

function reason(packet: { type: string; reasonCode: number }): number {
  return integer(packet.reasonCode, 0, 0xff, `${packet.type}: reasonCode`);
}

function setPacketId(
  record: RecordWriter,
  packet: AcknowledgementPacket | SubscribePacket | UnsubscribePacket | SubackPacket | PublishPacket,
): void {
  record.set(PacketRecord.packetId, integer(packet.packetId, 0, 0xffff, `${packet.type}: packetId`));
}

function fillConnect(record: RecordWriter, packet: ConnectPacket): void {
  let flags = flag(packet.cleanStart, 'connect: cleanStart') << 1;
  record.set(PacketRecord.keepAlive, integer(packet.keepAlive, 0, 0xffff, 'connect: keepAlive'));
  record.setView(PacketRecord.clientId, writeText(packet.clientId, 'connect: clientId'));
  if (packet.will !== undefined) {
    object(packet.will, 'connect: will');
    const { topic, payload, qos, retain, properties } = packet.will;
    flags |= 4 | (integer(qos, 0, 3, 'connect: will.qos') << 3) | (flag(retain, 'connect: will.retain') << 5);
    record.setView(PacketRecord.willProperties, writeProperties(properties, 'connect: will'));
    record.setView(PacketRecord.topic, writeText(topic, 'connect: will.topic'));
    record.setView(PacketRecord.payload, writeBytes(payload, 'connect: will.payload'));
  }
  if (packet.userName !== undefined) {
    flags |= 0x80;
    record.setView(PacketRecord.userName, writeText(packet.userName, 'connect: userName'));
  }
  if (packet.password !== undefined) {
    flags |= 0x40;
    record.setView(PacketRecord.password, writeBytes(packet.password, 'connect: password'));
  }
  record.set(PacketRecord.connectFlags, flags);
}

function fillPublish(record: RecordWriter, packet: PublishPacket): void {
  const qos = integer(packet.qos, 0, 3, 'publish: qos');
  record.set(
    PacketRecord.flags,
    flag(packet.retain, 'publish: retain') | (qos << 1) | (flag(packet.dup, 'publish: dup') << 3),
  );
  if (qos > 0) setPacketId(record, packet);
  record.setView(PacketRecord.topic, writeText(packet.topic, 'publish: topic'));
  record.setView(PacketRecord.payload, writeBytes(packet.payload, 'publish: payload'));
}

function writeFilters(packet: SubscribePacket | UnsubscribePacket): [number, number] {
  const type = packet.type === 'subscribe' ? PacketType.SUBSCRIBE : PacketType.UNSUBSCRIBE;
  const entries =
    packet.type === 'subscribe'
      ? list(packet.subscriptions, 'subscribe: subscriptions').map((subscription) => {
          object(subscription, 'subscribe: subscriptions');
          return { topicFilter: subscription.topicFilter, options: subscriptionOptions(subscription) };
        })
      : list(packet.topicFilters, 'unsubscribe: topicFilters').map((topicFilter) => ({ topicFilter, options: 0 }));
  const views = entries.map(({ topicFilter }) => writeText(topicFilter, `${packet.type}: topicFilter`));
  const capacity = views.reduce((sum, [, length]) => sum + length + 3, 0);
  const output = scratch.take(capacity);
  const record = new RecordWriter(FilterRecord.SIZE);
  let size = 0;
  entries.forEach(({ options }, index) => {
    record.setView(FilterRecord.filter, views[index]);
    record.set(FilterRecord.options, options);
    const written = core.mqtt_filter_write(record.address, type, output + size, capacity - size);
    if (written < 0) throw new MqttError(written, -1, packet.type);
    size += written;
  });
  return [output, size];
}

function subscriptionOptions(subscription: SubscribePacket['subscriptions'][number]): number {
  const qos = integer(subscription.qos, 0, 3, 'subscribe: qos');
  const retainHandling = integer(subscription.retainHandling ?? 0, 0, 3, 'subscribe: retainHandling');
  const noLocal = flag(subscription.noLocal, 'subscribe: noLocal');
  const retainAsPublished = flag(subscription.retainAsPublished, 'subscribe: retainAsPublished');
  return qos | (noLocal << 2) | (retainAsPublished << 3) | (retainHandling << 4);
}

function writeReasons(packet: SubackPacket): [number, number] {
  const where = `${packet.type}: reasonCodes`;
  const codes = list(packet.reasonCodes, where).map((code) => integer(code, 0, 0xff, where));
  return writeBytes(Uint8Array.from(codes), packet.type);
}
