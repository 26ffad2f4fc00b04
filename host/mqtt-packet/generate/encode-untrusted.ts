import { utf8Bytes } from '../../core/bytes/strings.js';
import { checkWritten, offsetOfFailure } from '../../core/encode/check-written.js';
import { hasReasonCode, type PacketKind, packetKinds } from '../../core/encode/packet-kinds.js';
import {
  borrowWriter,
  giveBack,
  LARGEST_BODY,
  type PacketWriter,
  packetSize,
} from '../../core/encode/packet-writer.js';
import { IS_FILTER } from '../../core/encode/write-string.js';
import { MqttError, type ProtocolVersion } from '../../core/index.js';
import { PacketError, refuse } from '../packet-error.js';
import type { GenerateOptions, ISubscription, Packet } from '../packet-types.js';
import { nameField } from './name-field.js';
import { writeUntrustedConnect } from './untrusted-connect.js';
import {
  type Context,
  isInteger,
  note,
  qosOf,
  stringOrBytes,
  type UntrustedPacket,
  type Written,
  writeText,
  writeTopic,
} from './untrusted-packet.js';
import { writeUntrustedProperties } from './untrusted-properties.js';

type Encoding = (packet: UntrustedPacket, writer: PacketWriter, context: Context) => Written;

const encodings = new Map<string, Encoding>(
  Object.entries({
    connect: writeUntrustedConnect,
    connack: writeConnack,
    publish: writePublish,
    puback: acknowledgement(0x40),
    pubrec: acknowledgement(0x50),
    pubrel: acknowledgement(0x62),
    pubcomp: acknowledgement(0x70),
    subscribe: writeSubscribe,
    suback: writeSuback,
    unsubscribe: writeUnsubscribe,
    unsuback: writeUnsuback,
    pingreq: () => ({ firstByte: 0xc0 }),
    pingresp: () => ({ firstByte: 0xd0 }),
    disconnect: writeDisconnect,
    auth: writeAuth,
  }),
);

/**
 * Encodes a packet object of mqtt-packet. Without `lenient`, the core reads a packet that is not proven to be valid as its
 * receiver would, except for the payload, which no rule concerns.
 *
 * @returns the bytes; undefined when the packet is too large for its receiver
 * @throws PacketError when the packet is refused
 */
export function encodeUntrusted(packet: Packet, options: GenerateOptions | undefined): Buffer | undefined {
  const { cmd } = packet;
  const write = encodings.get(cmd) ?? refuse('Unknown command');
  const writer = borrowWriter();
  const context = contextOf(cmd, options);
  try {
    return writeWhole(writer, write, packet as unknown as UntrustedPacket, context) ? writer.take() : undefined;
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    const named = context.isWritten
      ? nameField(error, offsetOfFailure(), writer, cmd, (places) =>
          begin(writer, write, packet as unknown as UntrustedPacket, { ...context, places }),
        )
      : error;
    throw new PacketError(named.message, named);
  } finally {
    giveBack(writer);
  }
}

function contextOf(cmd: string, options: GenerateOptions | undefined): Context {
  const { protocolVersion, properties, lenient } = options ?? {};
  return {
    cmd,
    kind: packetKinds.get(cmd) as PacketKind,
    version: protocolVersion === 3 || protocolVersion === 5 ? protocolVersion : 4,
    maximumPacketSize: properties?.maximumPacketSize || 0,
    strict: lenient !== true,
    isWritten: false,
    places: undefined,
  };
}

/** Writes the body of a packet. */
function begin(writer: PacketWriter, write: Encoding, packet: UntrustedPacket, context: Context): Written {
  writer.begin(((context.cmd === 'connect' && packet.protocolVersion) || context.version) as ProtocolVersion);
  return write(packet, writer, context);
}

/** Writes a packet; returns false when it must not be sent. */
function writeWhole(writer: PacketWriter, write: Encoding, packet: UntrustedPacket, context: Context): boolean {
  const written = begin(writer, write, packet, context);
  if (!written) return false;
  const { firstByte, payload } = written;
  const payloadLength = payload?.length ?? 0;
  const length = writer.length + payloadLength;
  if (length > LARGEST_BODY) refuse(`Invalid variable byte integer: ${length}`);
  writer.close(payloadLength, context.cmd);
  context.isWritten = true;
  if (context.strict && !writer.isProven) checkWritten(writer, firstByte, context.version, context.cmd);
  writer.finish(firstByte, payload, payloadLength);
  return true;
}

/** Writes the reason code of a packet; 0 when it has none. */
function writeReasonCode({ reasonCode = 0 }: UntrustedPacket, writer: PacketWriter, context: Context): void {
  writeCode(reasonCode, 'Invalid reason code', writer, context);
  note(writer, 1, context, 'reasonCode');
}

function writeCode(code: unknown, message: string, writer: PacketWriter, { kind, version }: Context): void {
  if (!isInteger(code, 0xff)) refuse(message);
  else {
    if (!hasReasonCode(kind, code, version)) writer.isProven = false;
    writer.byte(code);
  }
}

function writeMessageId({ messageId }: UntrustedPacket, writer: PacketWriter, context: Context): void {
  writer.u16(isInteger(messageId, 0xffff) ? messageId : refuse('Invalid messageId'));
  if (messageId === 0) writer.isProven = false;
  note(writer, 2, context, 'messageId');
}

/** Writes the properties of a packet in a version that has them. */
function writeOwnProperties(packet: UntrustedPacket, writer: PacketWriter, context: Context): void {
  if (context.version === 5) writeUntrustedProperties(writer, packet.properties, context);
}

/**
 * Writes the properties of an acknowledgement. While the packet is too large for its receiver, it leaves out the reason string,
 * then the user properties too (MQTT-3.4.2-2, -3).
 *
 * @param rest length of what follows the properties, bytes
 * @returns false when the packet is too large even so
 */
function writeFitting(packet: UntrustedPacket, rest: number, writer: PacketWriter, context: Context): boolean {
  const { maximumPacketSize, strict } = context;
  const start = writer.length;
  let properties = packet.properties as UntrustedPacket | undefined;
  for (const next of ['reasonString', 'userProperties', undefined]) {
    writeUntrustedProperties(writer, properties, context);
    const body = writer.length + rest;
    // The limit is for the whole packet (3.1.2.11.4); mqtt-packet does not count the fixed header.
    if (maximumPacketSize === 0 || (strict ? packetSize(body) : body) <= maximumPacketSize) return true;
    writer.rewind(start);
    if (next) properties = { ...properties, [next]: undefined };
  }
  return false;
}

function writeConnack(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  const code = context.version === 5 ? packet.reasonCode : packet.returnCode;
  writer.byte(packet.sessionPresent ? 1 : 0);
  writeCode(code, 'Invalid return code', writer, context);
  if (packet.sessionPresent && code !== 0) writer.isProven = false;
  note(writer, 1, context, context.version === 5 ? 'reasonCode' : 'returnCode');
  writeOwnProperties(packet, writer, context);
  return { firstByte: 0x20 };
}

function writePublish(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  const qos = qosOf(packet.qos || 0, 'Invalid qos');
  writeTopic(writer, stringOrBytes(packet.topic) ?? refuse('Invalid topic'), context, 'topic');
  const payload = stringOrBytes(packet.payload || '') ?? refuse('Invalid payload');
  if (qos > 0) writeMessageId(packet, writer, context);
  writeOwnProperties(packet, writer, context);
  if (packet.dup && qos === 0) writer.isProven = false;
  return {
    firstByte: 0x30 | (packet.dup ? 8 : 0) | (qos << 1) | (packet.retain ? 1 : 0),
    payload: typeof payload === 'string' ? utf8Bytes(payload) : payload,
  };
}

function acknowledgement(firstByte: number): Encoding {
  return (packet, writer, context) => {
    writeMessageId(packet, writer, context);
    if (context.version !== 5) return { firstByte };
    // Reason code 0 without properties is left out (3.4.2.1).
    const hasProperties = typeof packet.properties === 'object' && packet.properties !== null;
    if (!hasProperties && packet.reasonCode === 0) return { firstByte };
    writeReasonCode(packet, writer, context);
    return writeFitting(packet, 0, writer, context) ? { firstByte } : undefined;
  };
}

function writeSubscribe(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  writeMessageId(packet, writer, context);
  writeOwnProperties(packet, writer, context);
  const start = writer.length;
  for (const entry of filled(packet.subscriptions, 'Invalid subscriptions') as ISubscription[]) {
    const { topic, qos, nl = false, rap = false, rh = 0 } = entry ?? {};
    const filter = typeof topic === 'string' ? topic : refuse('Invalid subscriptions - invalid topic');
    writeFilter(writer, filter, context, 'subscriptions.topic');
    let options: number = qosOf(qos, 'Invalid subscriptions - invalid qos');
    if (context.version === 5) {
      if (typeof nl !== 'boolean') refuse('Invalid subscriptions - invalid No Local');
      if (typeof rap !== 'boolean') refuse('Invalid subscriptions - invalid Retain as Published');
      if (!isInteger(rh, 2)) refuse('Invalid subscriptions - invalid Retain Handling');
      options |= (nl ? 4 : 0) | (rap ? 8 : 0) | (rh << 4);
    }
    writer.byte(options);
    note(writer, 1, context, 'subscriptions');
  }
  if (packet.dup || writer.length === start) writer.isProven = false;
  return { firstByte: packet.dup ? 0x8a : 0x82 };
}

function writeUnsubscribe(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  writeMessageId(packet, writer, context);
  writeOwnProperties(packet, writer, context);
  const start = writer.length;
  for (const filter of filled(packet.unsubscriptions, 'Invalid unsubscriptions')) {
    const text = typeof filter === 'string' ? filter : refuse('Invalid unsubscriptions');
    writeFilter(writer, text, context, 'unsubscriptions');
  }
  if (packet.dup || writer.length === start) writer.isProven = false;
  return { firstByte: packet.dup ? 0xaa : 0xa2 };
}

function writeFilter(writer: PacketWriter, filter: string, context: Context, name: string): void {
  if ((writeText(writer, filter, context, name) & IS_FILTER) === 0) writer.isProven = false;
}

/** Returns an array that is not empty. @throws PacketError */
function filled(value: unknown, message: string): unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : refuse(message);
}

const CODES = 'Invalid qos vector';

function grantedCodes(packet: UntrustedPacket): number[] {
  // Array.from visits the holes of a sparse array too, which must not be written as code 0.
  return Array.from(filled(packet.granted, CODES), (code) => (isInteger(code, 0xff) ? code : refuse(CODES)));
}

function writeSuback(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  writeMessageId(packet, writer, context);
  const codes = grantedCodes(packet);
  if (context.version === 5 && !writeFitting(packet, codes.length, writer, context)) return undefined;
  writer.room(codes.length);
  for (const code of codes) writeCode(code, CODES, writer, context);
  note(writer, codes.length, context, 'granted');
  return { firstByte: 0x90 };
}

function writeUnsuback(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  if (context.version === 5) return writeSuback(packet, writer, context) && { firstByte: 0xb0 };
  writeMessageId(packet, writer, context);
  return { firstByte: 0xb0 };
}

function writeDisconnect(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  return context.version === 5 ? writeReason(0xe0, packet, writer, context) : { firstByte: 0xe0 };
}

function writeAuth(packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  if (context.version !== 5) refuse('Invalid mqtt version for auth packet');
  // It needs a method in all forms but the shortest, which mqtt-packet does not write (3.15.2.1).
  writer.isProven = false;
  return writeReason(0xf0, packet, writer, context);
}

function writeReason(firstByte: number, packet: UntrustedPacket, writer: PacketWriter, context: Context): Written {
  writeReasonCode(packet, writer, context);
  return writeFitting(packet, 0, writer, context) ? { firstByte } : undefined;
}
