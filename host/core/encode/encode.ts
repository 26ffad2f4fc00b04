import { Result } from '../../../build/abi/core.js';
import { bytes, flag, integer, list, object } from '../bytes/check-arguments.js';
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
import { checkWritten, finishPacket } from './check-written.js';
import { writeConnect } from './encode-connect.js';
import { hasReasonCode, type PacketKind, PUBLISH, packetKind } from './packet-kinds.js';
import { borrowWriter, giveBack, type PacketWriter } from './packet-writer.js';
import { refuseProperties, writeProperties, writePropertiesOf } from './write-properties.js';
import { writeTopicFilter, writeTopicName } from './write-string.js';

/**
 * Encodes one control packet.
 *
 * @param protocolVersion of the connection: 3, 4 (MQTT 3.1.1) or 5; a CONNECT has its own
 * @returns the packet as bytes that the caller owns
 * @throws MqttError when the packet breaks a rule of the standard (byteOffset -1); TypeError or RangeError for a value
 * of the wrong type or range. Nothing is written then.
 *
 * @example
 * ```ts
 * import { encodePacket, type ProtocolVersion } from 'wasmqtt';
 *
 * const version: ProtocolVersion = 4;
 * const packet = { type: 'publish', topic: 'a', payload: Buffer.from('hi'), qos: 0, retain: false, dup: false } as const;
 * encodePacket(packet, version).toString('hex'); // => '30050001616869'
 * ```
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
    writePacket(writer, packet, protocolVersion);
    // The core has read what was not proven.
    if (writer.isProven) checkWritten(writer, writer.view()[0], protocolVersion, packet.type);
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
  const kind = packetKind(type);
  if (kind === undefined) throw new TypeError(`there is no packet type ${String(type)}`);
  writeBody(writer, packet, kind, version);
  finishPacket(writer, kind.firstByte, version, type);
}

function encodePublish(writer: PacketWriter, packet: PublishPacket, version: ProtocolVersion): void {
  const { topic, qos, retain, dup, packetId, properties } = packet;
  const firstByte = publishFirstByte(writer, qos, retain, dup);
  writePublishHead(writer, topic, qos, packetId, properties, version);
  finishPacket(writer, firstByte, version, 'publish', bytes(packet.payload, 'publish', 'payload'));
}

/** The first byte of a PUBLISH (3.3.1). */
export function publishFirstByte(writer: PacketWriter, qos: number, retain: boolean, dup: boolean): number {
  integer(qos, 0, 3, 'publish', 'qos');
  const flags = (qos << 1) | flag(retain, 'publish', 'retain') | (flag(dup, 'publish', 'dup') << 3);
  if (qos > 2 || (qos === 0 && dup)) writer.isProven = false;
  return 0x30 | flags;
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
  writeTopicName(writer, topic, 'publish', 'topic');
  if (qos > 0) writePacketId(writer, packetId, 'publish');
  writePropertiesOf(version, writer, properties, PUBLISH);
}

function writePacketId(writer: PacketWriter, packetId: number | undefined, packetType: string): void {
  const id = integer(packetId, 0, 0xffff, packetType, 'packetId');
  if (id === 0) writer.isProven = false;
  writer.u16(id);
}

/** Writes a reason code. @param field in errors */
function writeCode(
  writer: PacketWriter,
  code: number,
  kind: PacketKind,
  version: ProtocolVersion,
  field: string,
): void {
  integer(code, 0, 0xff, kind.name, field);
  if (!hasReasonCode(kind, code, version)) writer.isProven = false;
  writer.byte(code);
}

function writeBody(
  writer: PacketWriter,
  packet: Exclude<Packet, PublishPacket>,
  kind: PacketKind,
  version: ProtocolVersion,
): void {
  const { type } = packet;
  switch (type) {
    case 'connect':
      writeConnect(writer, packet, kind);
      break;
    case 'connack': {
      const { sessionPresent, reasonCode } = packet;
      writer.byte(flag(sessionPresent, type, 'sessionPresent'));
      writeCode(writer, reasonCode, kind, version, 'reasonCode');
      if (sessionPresent && reasonCode !== 0) writer.isProven = false;
      writePropertiesOf(version, writer, packet.properties, kind);
      break;
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      writePacketId(writer, packet.packetId, type);
      writeReason(writer, packet, kind, version);
      break;
    case 'auth':
      // Its method may be missing in the shortest form alone, and it is of MQTT 5: the core knows (3.15.2.1, 3.15.2.2.2).
      writer.isProven = false;
      writeReason(writer, packet, kind, version);
      break;
    case 'disconnect':
      writeReason(writer, packet, kind, version);
      break;
    case 'pingreq':
    case 'pingresp':
      refuseProperties(version, (packet as { properties?: object }).properties, kind);
      break;
    default:
      writePacketId(writer, packet.packetId, type);
      writePropertiesOf(version, writer, packet.properties, kind);
      writeList(writer, packet, kind, version);
  }
}

/** Writes reason code and properties in the shortest form: without those at the end that may be left out (3.4.2.1, 3.14.2.1). */
function writeReason(
  writer: PacketWriter,
  { type, reasonCode, properties }: { type: string; reasonCode: number; properties?: object },
  kind: PacketKind,
  version: ProtocolVersion,
): void {
  integer(reasonCode, 0, 0xff, type, 'reasonCode');
  if (version < 5) {
    refuseProperties(version, properties, kind);
    // Packets of 3.1.1 have no field for it.
    if (reasonCode !== 0) throw new MqttError(Result.REASON_CODE_INVALID, -1, type, [], version);
    return;
  }
  const { length } = writer;
  writeCode(writer, reasonCode, kind, version, 'reasonCode');
  if (writeProperties(writer, properties, kind) > 0) return;
  if (reasonCode === 0) writer.rewind(length);
  else if (type !== 'auth') writer.rewind(length + 1);
}

function writeList(
  writer: PacketWriter,
  packet: SubscribePacket | UnsubscribePacket | SubackPacket,
  kind: PacketKind,
  version: ProtocolVersion,
): void {
  const { type } = packet;
  const start = writer.length;
  if (type === 'subscribe') {
    for (const subscription of list(packet.subscriptions, type, 'subscriptions')) {
      object(subscription, type, 'subscriptions');
      writeTopicFilter(writer, subscription.topicFilter, type, 'topicFilter');
      writeSubscriptionOptions(writer, subscription, version);
    }
  } else if (type === 'unsubscribe') {
    for (const topicFilter of list(packet.topicFilters, type, 'topicFilters')) {
      writeTopicFilter(writer, topicFilter, type, 'topicFilter');
    }
  } else {
    const codes = list(packet.reasonCodes, type, 'reasonCodes');
    writer.room(codes.length);
    for (const code of codes) writeCode(writer, code, kind, version, 'reasonCodes');
    // Before MQTT 5, an UNSUBACK has none (3.11.3).
    if (type === 'unsuback' && version < 5) writer.isProven = false;
  }
  if (writer.length === start) writer.isProven = false;
}

function writeSubscriptionOptions(
  writer: PacketWriter,
  { qos, noLocal, retainAsPublished, retainHandling = 0 }: SubscribePacket['subscriptions'][number],
  version: ProtocolVersion,
): void {
  const options =
    integer(qos, 0, 3, 'subscribe', 'qos') |
    (flag(noLocal, 'subscribe', 'noLocal') << 2) |
    (flag(retainAsPublished, 'subscribe', 'retainAsPublished') << 3) |
    (integer(retainHandling, 0, 3, 'subscribe', 'retainHandling') << 4);
  if (qos > 2 || retainHandling > 2 || (version < 5 && options > 2)) writer.isProven = false;
  writer.byte(options);
}
