import { PacketType } from '../../../build/abi/core.js';
import { packetTypeNames } from '../../core/decode/packet-type-names.js';
import type * as core from '../../core/index.js';
import type { PacketCursor } from '../../core/index.js';
import type { Packet, UserProperties } from '../packet-types.js';
import { addUserProperty, ruleByCoreName } from '../property-rules.js';

/** The members that every parsed packet has, in the order of mqtt-packet. */
export function blank(cmd: string, flags: number, length: number) {
  return {
    cmd,
    retain: (flags & 1) !== 0,
    qos: (flags >> 1) & 3,
    dup: (flags & 8) !== 0,
    length,
    topic: null as string | null,
    payload: null as Buffer | null,
  };
}

/**
 * Makes of the packet that the cursor shows the object that mqtt-packet would emit.
 *
 * @param firstByte of the packet
 * @param length Remaining Length, bytes
 * @param version the protocol version that the packet was decoded with
 */
export function fromCursor(cursor: PacketCursor, firstByte: number, length: number, version: number): Packet {
  const type = firstByte >> 4;
  // Most packets are of these types and without properties: they need no intermediate object of the core.
  if (type === PacketType.PUBLISH && !(version === 5 && hasProperties(cursor, length))) return publish(cursor, length);
  if (type >= PacketType.PUBACK && type <= PacketType.PUBCOMP && length <= 3) {
    return acknowledgement(cursor, firstByte, length, version);
  }
  return fromCore(cursor.toObject(), firstByte, length, version);
}

/** Whether the Property Length of a PUBLISH of MQTT 5 is more than 0. */
function hasProperties({ topicLength, qos, payloadLength }: PacketCursor, length: number): boolean {
  return length > 2 + topicLength + (qos > 0 ? 2 : 0) + 1 + payloadLength;
}

function publish(cursor: PacketCursor, length: number): Packet {
  const { retain, qos, dup, topic, payload, packetId } = cursor;
  const cmd = 'publish';
  if (qos === 0) return { cmd, retain, qos, dup, length, topic, payload } as Packet;
  return { cmd, retain, qos, dup, length, topic, payload, messageId: packetId } as Packet;
}

function acknowledgement(cursor: PacketCursor, firstByte: number, length: number, version: number): Packet {
  const packet: Record<string, unknown> = blank(packetTypeNames[firstByte >> 4], firstByte & 15, length);
  packet.messageId = cursor.packetId;
  if (version === 5) packet.reasonCode = cursor.reasonCode;
  return packet as unknown as Packet;
}

/** Makes the same object of a packet object of the core. */
export function fromCore(packet: core.Packet, firstByte: number, length: number, version: number): Packet {
  const result = Object.assign(blank(packet.type, firstByte & 15, length), fields(packet, version));
  if ('properties' in packet) addProperties(result, packet.properties);
  return result as unknown as Packet;
}

/** The members other than the common ones and `properties`. */
function fields(packet: core.Packet, version: number): object | undefined {
  switch (packet.type) {
    case 'publish': {
      const { topic, payload, packetId } = packet;
      return packetId === undefined ? { topic, payload } : { topic, payload, messageId: packetId };
    }
    case 'connect':
      return connectFields(packet);
    case 'connack': {
      const code = version === 5 ? 'reasonCode' : 'returnCode';
      return { sessionPresent: packet.sessionPresent, [code]: packet.reasonCode };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp': // with properties, so of MQTT 5
      return { messageId: packet.packetId, reasonCode: packet.reasonCode };
    case 'subscribe':
      return { subscriptions: packet.subscriptions.map(subscription), messageId: packet.packetId };
    case 'unsubscribe':
      return { unsubscriptions: packet.topicFilters, messageId: packet.packetId };
    case 'suback':
      return { granted: packet.reasonCodes, messageId: packet.packetId };
    case 'unsuback':
      return version === 5
        ? { granted: packet.reasonCodes, messageId: packet.packetId }
        : { messageId: packet.packetId };
    case 'disconnect':
    case 'auth':
      return version === 5 ? { reasonCode: packet.reasonCode } : undefined;
    default:
      return undefined;
  }
}

function connectFields(packet: core.ConnectPacket): object {
  const { protocolVersion, cleanStart, keepAlive, clientId, will, userName, password } = packet;
  const result: Record<string, unknown> = {
    protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion,
    clean: cleanStart,
    keepalive: keepAlive,
    clientId,
  };
  if (will) {
    const { topic, payload, qos, retain, properties } = will;
    result.will = { retain, qos, topic, payload };
    addProperties(result.will as object, properties);
  }
  if (userName !== undefined) result.username = userName;
  if (password !== undefined) result.password = password;
  return result;
}

function subscription(entry: core.Subscription): object {
  const { topicFilter: topic, qos, noLocal, retainAsPublished, retainHandling } = entry;
  if (noLocal === undefined) return { topic, qos };
  return { topic, qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling };
}

/** Sets `properties` when there are any. */
function addProperties(target: object, properties: core.Properties | undefined): void {
  const result: Record<string, unknown> = {};
  let count = 0;
  // With Object.entries, the whole packet would take half as long again.
  for (const coreName in properties) {
    const rule = ruleByCoreName.get(coreName);
    // A member that a program added to Object.prototype.
    if (!rule) continue;
    result[rule.name] = convert(rule.kind, properties[coreName as keyof core.Properties]);
    count++;
  }
  if (count > 0) Object.assign(target, { properties: result });
}

function convert(kind: string, value: unknown): unknown {
  switch (kind) {
    case 'boolean':
      return value !== 0;
    case 'varint':
      return (value as number[]).length === 1 ? (value as number[])[0] : value;
    case 'pair': {
      const result: UserProperties = Object.create(null);
      for (const [name, text] of value as [string, string][]) addUserProperty(result, name, text);
      return result;
    }
    default:
      return value;
  }
}
