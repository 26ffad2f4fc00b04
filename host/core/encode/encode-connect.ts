import { bytes, flag, integer, object } from '../bytes/check-arguments.js';
import type { ConnectPacket, ProtocolVersion, Will } from '../packets.js';
import { type PacketKind, WILL } from './packet-kinds.js';
import type { PacketWriter } from './packet-writer.js';
import { writePropertiesOf } from './write-properties.js';
import { writeString, writeTopicName } from './write-string.js';

/** The Protocol Name in ASCII (3.1.2.1). */
const MQTT = 0x4d51_5454;

/** Writes the body of a CONNECT (3.1). */
export function writeConnect(writer: PacketWriter, packet: ConnectPacket, kind: PacketKind): void {
  const { protocolVersion, cleanStart, keepAlive, clientId, will, userName, password, properties } = packet;
  let flags = flag(cleanStart, 'connect', 'cleanStart') << 1;
  if (will !== undefined) flags |= willFlags(writer, will);
  if (userName !== undefined) flags |= 0x80;
  if (password !== undefined) flags |= 0x40;
  if (protocolVersion === 3) {
    writeString(writer, 'MQIsdp', 'connect', 'protocol name');
  } else {
    writer.u16(4);
    writer.u32(MQTT);
  }
  writer.byte(protocolVersion);
  writer.byte(flags);
  writer.u16(integer(keepAlive, 0, 0xffff, 'connect', 'keepAlive'));
  writePropertiesOf(protocolVersion, writer, properties, kind);
  writeString(writer, clientId, 'connect', 'clientId');
  if (will !== undefined) writeWill(writer, will, protocolVersion);
  if (userName !== undefined) writeString(writer, userName, 'connect', 'userName');
  if (password !== undefined) writer.binary(bytes(password, 'connect', 'password'), 'connect', 'password');
  // What MQTT 5 allows and the versions before it do not: an empty Client Identifier, and a password alone.
  if (protocolVersion < 5 && (clientId === '' || (flags & 0xc0) === 0x40)) writer.isProven = false;
}

function willFlags(writer: PacketWriter, will: Will): number {
  object(will, 'connect', 'will');
  const qos = integer(will.qos, 0, 3, 'connect', 'will.qos');
  if (qos > 2) writer.isProven = false;
  return 4 | (qos << 3) | (flag(will.retain, 'connect', 'will.retain') << 5);
}

function writeWill(writer: PacketWriter, { topic, payload, properties }: Will, version: ProtocolVersion): void {
  writePropertiesOf(version, writer, properties, WILL);
  writeTopicName(writer, topic, 'connect', 'will.topic');
  writer.binary(bytes(payload, 'connect', 'will.payload'), 'connect', 'will.payload');
}
