import { WILL } from '../../core/encode/packet-kinds.js';
import type { PacketWriter } from '../../core/encode/packet-writer.js';
import { refuse } from '../packet-error.js';
import {
  type Context,
  isInteger,
  stringOrBytes,
  type UntrustedPacket,
  type Written,
  writeField,
  writeText,
  writeTopic,
} from './untrusted-packet.js';
import { writeUntrustedProperties } from './untrusted-properties.js';

/** Writes a CONNECT (3.1). Refuses in the words of mqtt-packet what that refuses, unless MQTT 5 allows it. */
export function writeUntrustedConnect(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  const { protocolVersion = 4, clean = true, keepalive = 0, will, username, password } = packet;
  const version = protocolVersion || 4;
  if (version !== 3 && version !== 4 && version !== 5) refuse('Invalid protocol version');
  if (packet.bridgeMode && (context.strict || version === 5)) refuse('Invalid protocol version');
  const name = stringOrBytes(packet.protocolId || 'MQTT') ?? refuse('Invalid protocolId');
  const clientId = checkClientId(packet.clientId || '', version, Boolean(clean));
  const seconds = isInteger(keepalive, 0xffff) ? keepalive : refuse('Invalid keepalive');
  const hasUsername = username !== undefined && username !== null;
  const hasPassword = password !== undefined && password !== null;
  if (hasPassword && !hasUsername && version !== 5) refuse('Username is required to use password'); // 3.1.1, MQTT-3.1.2-22

  writeField(writer, name, context, 'protocolId');
  if (name !== (version === 3 ? 'MQIsdp' : 'MQTT')) writer.isProven = false;
  writer.byte((version as number) | (packet.bridgeMode ? 0x80 : 0));
  writer.byte(
    (hasUsername ? 0x80 : 0) | (hasPassword ? 0x40 : 0) | (will ? willFlags(writer, will) : 0) | (clean ? 2 : 0),
  );
  writer.u16(seconds);
  if (version === 5) writeUntrustedProperties(writer, packet.properties, context);
  writeText(writer, clientId, context, 'clientId');
  if (will) writeWill(will as UntrustedPacket, writer, version === 5, context);
  if (hasUsername) writeText(writer, stringOrBytes(username) ?? refuse('Invalid username'), context, 'username');
  if (hasPassword) writeField(writer, stringOrBytes(password) ?? refuse('Invalid password'), context, 'password');
  return { firstByte: 0x10 };
}

/** Allows an empty Client Identifier in 3.1.1 with a clean session (MQTT-3.1.3-8), in MQTT 5 always (3.1.3.1), in MQTT 3.1 never. */
function checkClientId(value: unknown, version: number, clean: boolean): string | Uint8Array {
  const clientId = stringOrBytes(value) ?? refuse('Invalid clientId');
  if (clientId.length > 0 || version === 5) return clientId;
  if (version === 3) refuse('clientId must be supplied before 3.1.1');
  return clean ? clientId : refuse('clientId must be given if cleanSession set to 0');
}

function willFlags(writer: PacketWriter, will: unknown): number {
  if (typeof will !== 'object') return refuse('Invalid will');
  const { qos, retain } = will as UntrustedPacket;
  const bits = isInteger(qos || 0, 3) ? Number(qos || 0) : refuse('Invalid will qos');
  if (bits > 2) writer.isProven = false;
  return 4 | (bits << 3) | (retain ? 0x20 : 0);
}

function writeWill(
  { topic, payload, properties }: UntrustedPacket,
  writer: PacketWriter,
  isV5: boolean,
  context: Context,
): void {
  if (isV5) writeUntrustedProperties(writer, properties, context, WILL);
  writeTopic(writer, typeof topic === 'string' && topic ? topic : refuse('Invalid will topic'), context, 'will.topic');
  writeField(writer, stringOrBytes(payload || '') ?? refuse('Invalid will payload'), context, 'will.payload');
}
