import { PacketType, Result } from '../../../build/abi/core.js';
import { bytes, flag, integer, list, object, string } from '../bytes/check-arguments.js';
import { MqttError } from '../mqtt-error.js';
import type {
  Packet,
  Properties,
  ProtocolVersion,
  PublishPacket,
  SubackPacket,
  SubscribePacket,
  UnsubscribePacket,
} from '../packets.js';
import { checkWritten } from './check-written.js';
import { writeConnect } from './encode-connect.js';
import { borrowWriter, giveBack, type PacketWriter } from './packet-writer.js';
import { refuseProperties, writeProperties, writePropertiesOf } from './write-properties.js';

/** The first byte of every packet but PUBLISH: its type and the flags that it must have (2.1.2, 2.1.3). */
const firstBytes = new Map<string, number>(
  Object.entries(PacketType).map(([name, type]) => [
    name.toLowerCase(),
    (type << 4) | (name === 'PUBREL' || name === 'SUBSCRIBE' || name === 'UNSUBSCRIBE' ? 2 : 0),
  ]),
);

/**
 * Encodes one control packet.
 *
 * @param protocolVersion of the connection: 3, 4 (MQTT 3.1.1) or 5; a CONNECT has its own
 * @returns the packet as bytes that the caller owns
 * @throws MqttError when the packet breaks a rule of the standard (byteOffset -1); TypeError or RangeError for a value
 * of the wrong type or range. Nothing is written then.
 */
export function encodePacket(packet: Packet, protocolVersion: ProtocolVersion): Buffer {
  const writer = borrowWriter();
  try {
    writePacket(writer, packet, protocolVersion);
    return writer.take();
  } finally {
    giveBack(writer);
  }
}

/**
 * Fills the Packet record at `recordAddress` with a packet. Its strings and lists lie at the start of scratch memory.
 *
 * @returns length of the body, all of the packet but its fixed header, bytes
 * @throws the errors of `encodePacket`
 */
export function fillRecord(packet: Packet, protocolVersion: ProtocolVersion): number {
  const writer = borrowWriter();
  try {
    // The check of what was written fills the record.
    writePacket(writer, packet, protocolVersion);
    return writer.length;
  } finally {
    writer.reset();
    giveBack(writer);
  }
}

/** Writes and checks one control packet. @throws the errors of `encodePacket` */
export function writePacket(writer: PacketWriter, packet: Packet, protocolVersion: ProtocolVersion): void {
  object(packet, 'packet');
  const { type } = packet;
  const version = type === 'connect' ? packet.protocolVersion : protocolVersion;
  integer(version, 3, 5, 'protocolVersion');
  writer.begin(version);
  if (type === 'publish') {
    encodePublish(writer, packet, version);
    return;
  }
  const firstByte = firstBytes.get(type);
  if (firstByte === undefined) throw new TypeError(`there is no packet type ${String(type)}`);
  writeBody(writer, packet, version);
  checkWritten(writer, writer.close(firstByte, 0, type), version, type);
  writer.finish(firstByte);
}

function encodePublish(writer: PacketWriter, packet: PublishPacket, version: ProtocolVersion): void {
  const { topic, qos, retain, dup, packetId, properties } = packet;
  const firstByte = publishFirstByte(qos, retain, dup);
  writePublishHead(writer, topic, qos, packetId, properties, version);
  const payload = bytes(packet.payload, 'publish', 'payload');
  // No rule concerns the payload, so the core reads the packet without it.
  checkWritten(writer, writer.close(firstByte, payload.length, 'publish'), version, 'publish');
  writer.finish(firstByte, payload);
}

/** The first byte of a PUBLISH (3.3.1). */
export function publishFirstByte(qos: number, retain: boolean, dup: boolean): number {
  const bits = integer(qos, 0, 3, 'publish', 'qos') << 1;
  return 0x30 | bits | flag(retain, 'publish', 'retain') | (flag(dup, 'publish', 'dup') << 3);
}

/** Writes the variable header of a PUBLISH (3.3.2). */
export function writePublishHead(
  writer: PacketWriter,
  topic: string,
  qos: number,
  packetId: number | undefined,
  properties: Properties | undefined,
  version: ProtocolVersion,
): void {
  writer.string(string(topic, 'publish', 'topic'), 'publish', 'topic');
  if (qos > 0) writer.u16(integer(packetId, 0, 0xffff, 'publish', 'packetId'));
  writePropertiesOf(version, writer, properties, 'publish');
}

function writeBody(writer: PacketWriter, packet: Exclude<Packet, PublishPacket>, version: ProtocolVersion): void {
  const { type } = packet;
  switch (type) {
    case 'connect':
      writeConnect(writer, packet);
      break;
    case 'connack':
      writer.byte(flag(packet.sessionPresent, type, 'sessionPresent'));
      writer.byte(integer(packet.reasonCode, 0, 0xff, type, 'reasonCode'));
      writePropertiesOf(version, writer, packet.properties, type);
      break;
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      writer.u16(integer(packet.packetId, 0, 0xffff, type, 'packetId'));
      writeReason(writer, packet, version);
      break;
    case 'disconnect':
    case 'auth':
      writeReason(writer, packet, version);
      break;
    case 'pingreq':
    case 'pingresp':
      refuseProperties(version, (packet as { properties?: object }).properties, type);
      break;
    default:
      writer.u16(integer(packet.packetId, 0, 0xffff, type, 'packetId'));
      writePropertiesOf(version, writer, packet.properties, type);
      writeList(writer, packet);
  }
}

/** Writes reason code and properties in the shortest form: without those at the end that may be left out (3.4.2.1, 3.14.2.1). */
function writeReason(
  writer: PacketWriter,
  { type, reasonCode, properties }: { type: string; reasonCode: number; properties?: object },
  version: ProtocolVersion,
): void {
  const code = integer(reasonCode, 0, 0xff, type, 'reasonCode');
  if (version < 5) {
    refuseProperties(version, properties, type);
    // Packets of 3.1.1 have no field for it.
    if (code !== 0) throw new MqttError(Result.REASON_CODE_INVALID, -1, type, [], version);
    return;
  }
  const { length } = writer;
  writer.byte(code);
  if (writeProperties(writer, properties, type) > 0) return;
  if (code === 0) writer.rewind(length);
  else if (type !== 'auth') writer.rewind(length + 1);
}

function writeList(writer: PacketWriter, packet: SubscribePacket | UnsubscribePacket | SubackPacket): void {
  const { type } = packet;
  if (type === 'subscribe') {
    for (const subscription of list(packet.subscriptions, type, 'subscriptions')) {
      object(subscription, type, 'subscriptions');
      writer.string(string(subscription.topicFilter, type, 'topicFilter'), type, 'topicFilter');
      writer.byte(subscriptionOptions(subscription));
    }
  } else if (type === 'unsubscribe') {
    for (const topicFilter of list(packet.topicFilters, type, 'topicFilters')) {
      writer.string(string(topicFilter, type, 'topicFilter'), type, 'topicFilter');
    }
  } else {
    const codes = list(packet.reasonCodes, type, 'reasonCodes');
    writer.room(codes.length);
    for (const code of codes) {
      writer.byte(integer(code, 0, 0xff, type, 'reasonCodes'));
    }
  }
}

function subscriptionOptions({
  qos,
  noLocal,
  retainAsPublished,
  retainHandling = 0,
}: SubscribePacket['subscriptions'][number]): number {
  return (
    integer(qos, 0, 3, 'subscribe', 'qos') |
    (flag(noLocal, 'subscribe', 'noLocal') << 2) |
    (flag(retainAsPublished, 'subscribe', 'retainAsPublished') << 3) |
    (integer(retainHandling, 0, 3, 'subscribe', 'retainHandling') << 4)
  );
}
