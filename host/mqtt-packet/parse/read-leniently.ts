import { PacketType } from '../../../build/abi/core.js';
import { refuse } from '../packet-error.js';
import type { Packet, ParserOptions } from '../packet-types.js';
import { LenientReader } from './lenient-reader.js';
import { blank } from './packet-from-core.js';

/*
 * Reads packets as mqtt-packet 9 does: accepts the fields that it accepts, and refuses others in its words. With the option
 * `lenient` this replaces the core; without it, this only words the errors of the core.
 */

/** By packet type; type 0 is reserved (2.1.2). */
const CMDS = ['reserved', ...Object.keys(PacketType).map((name) => name.toLowerCase())];

/** Reason codes that a packet of MQTT 5 may have; a SUBACK of 3.1.1 has others. */
const ACKNOWLEDGED = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const COMPLETED = [0x00, 0x92];
const REASONS: Record<string, readonly number[]> = {
  puback: ACKNOWLEDGED,
  pubrec: ACKNOWLEDGED,
  pubrel: COMPLETED,
  pubcomp: COMPLETED,
  suback: [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  unsuback: [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
  disconnect: [
    0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97,
    0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ],
  auth: [0x00, 0x18, 0x19],
};

type Fields = Record<string, unknown>;
type FieldReading = (reader: LenientReader, settings: ParserOptions, cmd: string, qos: number) => Fields;

/** Refuses a first byte whose flags mqtt-packet refuses (2.1.3). */
export function checkFirstByte(firstByte: number): void {
  const cmd = CMDS[firstByte >> 4];
  const flags = firstByte & 15;
  if (cmd === 'publish' || cmd === 'reserved') {
    if ((flags & 6) === 6) refuse('Packet must not have both QoS bits set to 1');
    return;
  }
  const required = cmd === 'pubrel' || cmd === 'subscribe' || cmd === 'unsubscribe' ? 2 : 0;
  if (flags !== required) refuse(`Invalid header flag bits, must be 0x${required} for ${cmd} packet`);
}

/**
 * Reads a whole packet as mqtt-packet does.
 *
 * @param body the bytes after the fixed header
 * @param header bytes of the fixed header: a property that runs past its list is then refused with a result code; undefined to
 * read past it, as mqtt-packet does
 * @throws PacketError with the message of mqtt-packet
 */
export function readLeniently(firstByte: number, body: Buffer, settings: ParserOptions, header?: number): Packet {
  checkFirstByte(firstByte);
  const cmd = CMDS[firstByte >> 4];
  const packet = blank(cmd, firstByte & 15, body.length);
  const read = readings[cmd] ?? refuse('Not supported');
  return Object.assign(
    packet,
    read(new LenientReader(body, cmd, header), settings, cmd, packet.qos),
  ) as unknown as Packet;
}

const isV5 = (settings: ParserOptions) => settings.protocolVersion === 5;

/** An object with the member `properties` when the version has properties and the packet has any. */
function withProperties(reader: LenientReader, settings: ParserOptions): Fields {
  const properties = isV5(settings) ? reader.properties() : undefined;
  return properties ? { properties } : {};
}

const nothing: FieldReading = () => ({});

const readings: Record<string, FieldReading> = {
  connect: readConnect,
  connack: readConnack,
  publish: readPublish,
  puback: readAcknowledgement,
  pubrec: readAcknowledgement,
  pubrel: readAcknowledgement,
  pubcomp: readAcknowledgement,
  subscribe: readSubscribe,
  suback: readSuback,
  unsubscribe: readUnsubscribe,
  unsuback: readUnsuback,
  pingreq: nothing,
  pingresp: nothing,
  disconnect: readDisconnect,
  auth: readAuth,
};

function readConnect(reader: LenientReader): Fields {
  const protocolId = reader.text() ?? refuse('Cannot parse protocolId');
  if (protocolId !== 'MQTT' && protocolId !== 'MQIsdp') refuse('Invalid protocolId');
  const level = reader.byte() ?? refuse('Packet too short');
  const protocolVersion = level & 0x7f;
  if (protocolVersion < 3 || protocolVersion > 5) refuse('Invalid protocol version');
  const flags = reader.byte() ?? refuse('Packet too short');
  if (flags & 1) refuse('Connect flag bit 0 must be 0, but got 1');
  const retain = (flags & 0x20) !== 0;
  const qos = (flags >> 3) & 3;
  if (!(flags & 4)) {
    if (retain) refuse('Will Retain Flag must be set to zero when Will Flag is set to 0');
    if (qos) refuse('Will QoS must be set to zero when Will Flag is set to 0');
  }
  const keepalive = reader.u16();
  if (keepalive < 0) refuse('Packet too short');
  const settings = { protocolVersion };
  const packet: Fields = {
    protocolId,
    protocolVersion,
    ...(level >= 128 ? { bridgeMode: true } : {}),
    clean: (flags & 2) !== 0,
    keepalive,
    ...withProperties(reader, settings),
    clientId: reader.text() ?? refuse('Packet too short'),
  };
  if (flags & 4) {
    packet.will = {
      retain,
      qos,
      ...withProperties(reader, settings),
      topic: reader.text() ?? refuse('Cannot parse will topic'),
      payload: reader.bytes() ?? refuse('Cannot parse will payload'),
    };
  }
  if (flags & 0x80) packet.username = reader.text() ?? refuse('Cannot parse username');
  if (flags & 0x40) packet.password = reader.bytes() ?? refuse('Cannot parse password');
  return packet;
}

function readConnack(reader: LenientReader, settings: ParserOptions): Fields {
  const flags = reader.byte();
  if (flags === undefined) return {};
  if (flags > 1) refuse('Invalid connack flags, bits 7-1 must be set to 0');
  const sessionPresent = flags === 1;
  const code = reader.byte();
  if (isV5(settings)) return { sessionPresent, reasonCode: code ?? 0, ...withProperties(reader, settings) };
  return code === undefined ? { sessionPresent } : { sessionPresent, returnCode: code };
}

function readPublish(reader: LenientReader, settings: ParserOptions, _cmd: string, qos: number): Fields {
  const topic = reader.text() ?? refuse('Cannot parse topic');
  const id = qos > 0 ? { messageId: reader.u16() } : {};
  return { topic, ...id, ...withProperties(reader, settings), payload: reader.rest() };
}

function readAcknowledgement(reader: LenientReader, settings: ParserOptions, cmd: string): Fields {
  const messageId = reader.u16();
  if (!isV5(settings)) return { messageId };
  if (reader.length <= 2) return { messageId, reasonCode: 0 };
  const reasonCode = reader.byte() as number;
  if (!REASONS[cmd].includes(reasonCode)) refuse(`Invalid ${cmd} reason code`);
  return { messageId, reasonCode, ...withProperties(reader, settings) };
}

function readSubscribe(reader: LenientReader, settings: ParserOptions): Fields {
  const packet = { messageId: reader.u16(), ...withProperties(reader, settings), subscriptions: [] as Fields[] };
  if (reader.length === 0) refuse('Malformed subscribe, no payload specified');
  while (reader.more) {
    const topic = reader.text() ?? refuse('Cannot parse topic');
    const options = reader.byte() ?? refuse('Malformed Subscribe Payload');
    packet.subscriptions.push({ topic, ...subscriptionOptions(options, settings) });
  }
  return packet;
}

function subscriptionOptions(options: number, settings: ParserOptions): Fields {
  if (options & (isV5(settings) ? 0xc0 : 0xfc)) {
    refuse(`Invalid subscribe topic flag bits, bits 7-${isV5(settings) ? 6 : 2} must be 0`);
  }
  const qos = options & 3;
  if (qos === 3) refuse('Invalid subscribe QoS, must be <= 2');
  const rh = (options >> 4) & 3;
  if (rh === 3) refuse('Invalid retain handling, must be <= 2');
  if (isV5(settings)) return { qos, nl: (options & 4) !== 0, rap: (options & 8) !== 0, rh };
  return settings.bridgeMode ? { qos, rh: 0, rap: true, nl: true } : { qos };
}

function readSuback(reader: LenientReader, settings: ParserOptions): Fields {
  const packet = { messageId: reader.u16(), ...withProperties(reader, settings) };
  if (reader.length === 0) refuse('Malformed suback, no payload specified');
  const granted = [...reader.rest()];
  const isKnown = (code: number) => (isV5(settings) ? REASONS.suback.includes(code) : code <= 2 || code === 0x80);
  if (!granted.every(isKnown)) {
    refuse(isV5(settings) ? 'Invalid suback code' : 'Invalid suback QoS, must be 0, 1, 2 or 128');
  }
  return { ...packet, granted };
}

function readUnsubscribe(reader: LenientReader, settings: ParserOptions): Fields {
  const packet = { messageId: reader.u16(), ...withProperties(reader, settings), unsubscriptions: [] as string[] };
  if (reader.length === 0) refuse('Malformed unsubscribe, no payload specified');
  while (reader.more) packet.unsubscriptions.push(reader.text() ?? refuse('Cannot parse topic'));
  return packet;
}

function readUnsuback(reader: LenientReader, settings: ParserOptions): Fields {
  const messageId = reader.u16();
  const { protocolVersion } = settings;
  if ((protocolVersion === 3 || protocolVersion === 4) && reader.length !== 2) {
    refuse('Malformed unsuback, payload length must be 2');
  }
  if (reader.length === 0) refuse('Malformed unsuback, no payload specified');
  if (!isV5(settings)) return { messageId };
  const packet = { messageId, ...withProperties(reader, settings), granted: [...reader.rest()] };
  if (!packet.granted.every((code) => REASONS.unsuback.includes(code))) refuse('Invalid unsuback code');
  return packet;
}

function readDisconnect(reader: LenientReader, settings: ParserOptions): Fields {
  if (!isV5(settings)) return {};
  const reasonCode = reader.byte() ?? 0;
  if (!REASONS.disconnect.includes(reasonCode)) refuse('Invalid disconnect reason code');
  return { reasonCode, ...withProperties(reader, settings) };
}

function readAuth(reader: LenientReader, settings: ParserOptions): Fields {
  if (!isV5(settings)) refuse('Not supported auth packet for this version MQTT');
  const reasonCode = reader.byte() ?? 0;
  if (!REASONS.auth.includes(reasonCode)) refuse('Invalid auth reason code');
  return { reasonCode, ...withProperties(reader, settings) };
}
