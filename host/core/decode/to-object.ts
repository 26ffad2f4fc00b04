import { PacketFlag, PacketType } from '../../../build/abi/core.js';
import type { FieldReader } from '../bytes/field-reader.js';
import type { ConnectPacket, Packet, PublishPacket, QoS, Subscription, Will } from '../packets.js';
import { packetTypeNames } from './packet-type-names.js';
import { readProperties } from './read-properties.js';
import {
  CLIENT_ID,
  CONNECT_FLAGS,
  FLAGS,
  KEEP_ALIVE,
  PACKET_ID,
  PAYLOAD,
  PAYLOAD_LENGTH,
  PROPERTIES,
  PROPERTIES_LENGTH,
  REASON_CODE,
  TOPIC,
  TOPIC_LENGTH,
  TYPE,
  VERSION,
} from './summary-words.js';

/**
 * Makes a plain object of a packet that the core accepted. Payloads and binary values are views on `source`.
 *
 * @param words holds the summary of the packet, which begins at index `at`
 * @param source holds the packet
 * @param shift subtracted from an address in the summary, gives the index in the source
 */
export function toObject(words: Uint32Array, at: number, source: FieldReader, shift: number): Packet {
  source.ascii = (words[at + FLAGS] & PacketFlag.NOT_ASCII) === 0;
  const number = words[at + TYPE];
  if (number === PacketType.PUBLISH) return publish(words, at, source, shift);
  const type = packetTypeNames[number];
  if (type === 'pingreq' || type === 'pingresp') return { type };
  if (type === 'connect') return connect(words, at, source, shift);
  const packet = body(type as WithProperties['type'], words, at, source, shift);
  if (words[at + VERSION] === 5) packet.properties = propertiesOf(words, at, source, shift);
  return packet;
}

type WithProperties = Exclude<Packet, { type: 'publish' | 'pingreq' | 'pingresp' | 'connect' }>;

/** The fields that a packet has in both versions: all but its properties. */
function body(
  type: WithProperties['type'],
  words: Uint32Array,
  at: number,
  source: FieldReader,
  shift: number,
): WithProperties {
  const packetId = words[at + PACKET_ID];
  const reasonCode = words[at + REASON_CODE];
  const list = words[at + PAYLOAD] - shift;
  const listEnd = list + words[at + PAYLOAD_LENGTH];
  switch (type) {
    case 'connack':
      return { type, sessionPresent: words[at + CONNECT_FLAGS] === 1, reasonCode };
    case 'subscribe':
      source.at = list;
      source.limit = listEnd;
      return { type, packetId, subscriptions: subscriptions(source, listEnd, words[at + VERSION]) };
    case 'unsubscribe':
      source.at = list;
      source.limit = listEnd;
      return { type, packetId, topicFilters: topicFilters(source, listEnd) };
    case 'suback':
    case 'unsuback':
      return { type, packetId, reasonCodes: [...source.view(list, listEnd)] };
    case 'disconnect':
    case 'auth':
      return { type, reasonCode };
    default:
      return { type, packetId, reasonCode };
  }
}

function propertiesOf(words: Uint32Array, at: number, source: FieldReader, shift: number) {
  const length = words[at + PROPERTIES_LENGTH];
  if (length === 0) return {};
  source.at = words[at + PROPERTIES] - shift;
  return readProperties(source, source.at + length);
}

function publish(words: Uint32Array, at: number, source: FieldReader, shift: number): PublishPacket {
  const flags = words[at + FLAGS];
  const topic = words[at + TOPIC] - shift;
  const payload = words[at + PAYLOAD] - shift;
  const qos = ((flags >> 1) & 3) as QoS;
  const text = source.topic(topic, topic + words[at + TOPIC_LENGTH]);
  const bytes = source.view(payload, payload + words[at + PAYLOAD_LENGTH]);
  const retain = (flags & 1) !== 0;
  const dup = (flags & 8) !== 0;
  // One literal for each shape: engines make it in one piece, and add members one by one.
  if (words[at + VERSION] === 5) {
    const properties = propertiesOf(words, at, source, shift);
    if (qos === 0) return { type: 'publish', topic: text, payload: bytes, qos, retain, dup, properties };
    const packetId = words[at + PACKET_ID];
    return { type: 'publish', topic: text, payload: bytes, qos, retain, dup, packetId, properties };
  }
  if (qos === 0) return { type: 'publish', topic: text, payload: bytes, qos, retain, dup };
  return { type: 'publish', topic: text, payload: bytes, qos, retain, dup, packetId: words[at + PACKET_ID] };
}

/** The summary locates the Client Identifier; the fields after it are found by walking through the payload (3.1.3). */
function connect(words: Uint32Array, at: number, source: FieldReader, shift: number): ConnectPacket {
  const flags = words[at + CONNECT_FLAGS];
  const protocolVersion = words[at + VERSION] as ConnectPacket['protocolVersion'];
  const properties = protocolVersion === 5 ? propertiesOf(words, at, source, shift) : undefined;
  source.at = words[at + CLIENT_ID] - shift - 2;
  source.limit = source.length;
  const packet: ConnectPacket = {
    type: 'connect',
    protocolVersion,
    cleanStart: (flags & 0x02) !== 0,
    keepAlive: words[at + KEEP_ALIVE],
    clientId: source.string(),
  };
  if (properties) packet.properties = properties;
  if (flags & 0x04) packet.will = will(source, flags, protocolVersion);
  if (flags & 0x80) packet.userName = source.string();
  if (flags & 0x40) packet.password = source.binary();
  return packet;
}

function will(source: FieldReader, flags: number, protocolVersion: number): Will {
  const properties = protocolVersion === 5 ? readProperties(source, source.varint() + source.at) : undefined;
  source.limit = source.length;
  const packet: Will = {
    topic: source.string(),
    payload: source.binary(),
    qos: ((flags >> 3) & 3) as QoS,
    retain: (flags & 0x20) !== 0,
  };
  if (properties) packet.properties = properties;
  return packet;
}

function topicFilters(source: FieldReader, end: number): string[] {
  const found: string[] = [];
  while (source.at < end) found.push(source.string());
  return found;
}

function subscriptions(source: FieldReader, end: number, protocolVersion: number): Subscription[] {
  const found: Subscription[] = [];
  while (source.at < end) {
    const topicFilter = source.string();
    const options = source.bytes[source.at++];
    const subscription: Subscription = { topicFilter, qos: (options & 3) as QoS };
    if (protocolVersion === 5) {
      subscription.noLocal = (options & 4) !== 0;
      subscription.retainAsPublished = (options & 8) !== 0;
      subscription.retainHandling = ((options >> 4) & 3) as 0 | 1 | 2;
    }
    found.push(subscription);
  }
  return found;
}
