import { PacketFlag, PacketRecord, PacketType } from '../../build/abi/core.js';
import type { ConnectPacket, Packet, PublishPacket, QoS, Subscription, Will } from './packets.js';
import { readProperties } from './properties.js';
import { asciiText, utf8Text } from './strings.js';

/** Lower-case names of the packet types by number. */
export const packetTypeNames = Object.fromEntries(
  Object.entries(PacketType).map(([name, value]) => [value, name.toLowerCase()]),
) as Record<number, Packet['type']>;

/** Indices of the fields of a summary, in words. */
const TYPE = PacketRecord.type >> 2;
const FLAGS = PacketRecord.flags >> 2;
const VERSION = PacketRecord.protocolVersion >> 2;
const PACKET_ID = PacketRecord.packetId >> 2;
const REASON_CODE = PacketRecord.reasonCode >> 2;
const TOPIC = PacketRecord.topic >> 2;
const PAYLOAD = PacketRecord.payload >> 2;
const PROPERTIES = PacketRecord.properties >> 2;
const CONNECT_FLAGS = PacketRecord.connectFlags >> 2;
const KEEP_ALIVE = PacketRecord.keepAlive >> 2;
const CLIENT_ID = PacketRecord.clientId >> 2;

/**
 * Makes a plain object of a packet that the core accepted. `words[at]` is the first word of its summary; an address in
 * it less `shift` is an index in `source`, which holds the packet. Payloads and binary values are views on `source`.
 */
export function toObject(words: Uint32Array, at: number, source: Buffer, shift: number): Packet {
  const type = packetTypeNames[words[at + TYPE]];
  if (type === 'publish') return publish(words, at, source, shift);
  if (type === 'pingreq' || type === 'pingresp') return { type };
  if (type === 'connect') return connect(words, at, source, shift);
  if (!type) throw new Error('a piece of a payload is no packet; ask for payload and remaining');
  const packet = body(type, words, at, source, shift);
  if (words[at + VERSION] === 5) packet.properties = propertiesOf(words, at, source, shift);
  return packet;
}

type WithProperties = Exclude<Packet, { type: 'publish' | 'pingreq' | 'pingresp' | 'connect' }>;

/** A packet as it stands in both versions, without its properties. */
function body(
  type: WithProperties['type'],
  words: Uint32Array,
  at: number,
  source: Buffer,
  shift: number,
): WithProperties {
  const packetId = words[at + PACKET_ID];
  const reasonCode = words[at + REASON_CODE];
  switch (type) {
    case 'connack':
      return { type, sessionPresent: words[at + CONNECT_FLAGS] === 1, reasonCode };
    case 'subscribe':
      return {
        type,
        packetId,
        subscriptions: subscriptions(view(words, at + PAYLOAD, source, shift), words[at + VERSION]),
      };
    case 'unsubscribe':
      return { type, packetId, topicFilters: topicFilters(view(words, at + PAYLOAD, source, shift)) };
    case 'suback':
    case 'unsuback':
      return { type, packetId, reasonCodes: [...view(words, at + PAYLOAD, source, shift)] };
    case 'disconnect':
    case 'auth':
      return { type, reasonCode };
    default:
      return { type, packetId, reasonCode };
  }
}

/** The bytes of which address and length stand at `words[field]`. */
function view(words: Uint32Array, field: number, source: Buffer, shift: number): Buffer {
  const start = words[field] - shift;
  return source.subarray(start, start + words[field + 1]);
}

function propertiesOf(words: Uint32Array, at: number, source: Buffer, shift: number) {
  const length = words[at + PROPERTIES + 1];
  if (length === 0) return {};
  const start = words[at + PROPERTIES] - shift;
  return readProperties(source, start, start + length);
}

function publish(words: Uint32Array, at: number, source: Buffer, shift: number): PublishPacket {
  const flags = words[at + FLAGS];
  const start = words[at + TOPIC] - shift;
  const end = start + words[at + TOPIC + 1];
  const qos = ((flags >> 1) & 3) as QoS;
  const packet: PublishPacket = {
    type: 'publish',
    topic: flags & PacketFlag.TOPIC_ASCII ? asciiText(source, start, end) : utf8Text(source, start, end),
    payload: view(words, at + PAYLOAD, source, shift),
    qos,
    retain: (flags & 1) !== 0,
    dup: (flags & 8) !== 0,
  };
  if (qos > 0) packet.packetId = words[at + PACKET_ID];
  if (words[at + VERSION] === 5) packet.properties = propertiesOf(words, at, source, shift);
  return packet;
}

/** A summary says where the Client Identifier is; what stands behind it is found by walking over the payload (3.1.3). */
function connect(words: Uint32Array, at: number, source: Buffer, shift: number): ConnectPacket {
  const flags = words[at + CONNECT_FLAGS];
  const protocolVersion = words[at + VERSION] as ConnectPacket['protocolVersion'];
  const walker = new Walker(source, words[at + CLIENT_ID] - shift - 2);
  const packet: ConnectPacket = {
    type: 'connect',
    protocolVersion,
    cleanStart: (flags & 0x02) !== 0,
    keepAlive: words[at + KEEP_ALIVE],
    clientId: walker.text(),
  };
  if (protocolVersion === 5) packet.properties = propertiesOf(words, at, source, shift);
  if (flags & 0x04) packet.will = will(walker, flags, protocolVersion);
  if (flags & 0x80) packet.userName = walker.text();
  if (flags & 0x40) packet.password = walker.bytes();
  return packet;
}

function will(walker: Walker, flags: number, protocolVersion: number): Will {
  const properties = protocolVersion === 5 ? { properties: walker.properties() } : {};
  const qos = ((flags >> 3) & 3) as QoS;
  return { topic: walker.text(), payload: walker.bytes(), qos, retain: (flags & 0x20) !== 0, ...properties };
}

function topicFilters(list: Buffer): string[] {
  const walker = new Walker(list, 0);
  const found: string[] = [];
  while (walker.at < list.length) found.push(walker.text());
  return found;
}

function subscriptions(list: Buffer, protocolVersion: number): Subscription[] {
  const walker = new Walker(list, 0);
  const found: Subscription[] = [];
  while (walker.at < list.length) {
    const topicFilter = walker.text();
    const options = list[walker.at++];
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

/** Walks over fields with a length before them (1.5.4, 1.5.6), which the core has checked. */
class Walker {
  at: number;
  readonly #source: Buffer;

  constructor(source: Buffer, at: number) {
    this.#source = source;
    this.at = at;
  }

  #end(): number {
    const start = this.at + 2;
    this.at = start + ((this.#source[this.at] << 8) | this.#source[this.at + 1]);
    return start;
  }

  text(): string {
    const start = this.#end();
    return utf8Text(this.#source, start, this.at);
  }

  bytes(): Buffer {
    const start = this.#end();
    return this.#source.subarray(start, this.at);
  }

  properties() {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#source[this.at++];
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    this.at += length;
    return readProperties(this.#source, this.at - length, this.at);
  }
}
