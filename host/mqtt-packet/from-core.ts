import type * as core from '../core/index.js';
import { addUserProperty, ruleByCoreName } from './properties.js';
import type { Packet, UserProperties } from './types.js';

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
 * Makes the object that mqtt-packet gives for a packet which the core decoded.
 *
 * @param firstByte of the packet
 * @param length Remaining Length, bytes
 * @param version the protocol version that the packet was decoded with
 */
export function fromCore(packet: core.Packet, firstByte: number, length: number, version: number): Packet {
  const result = packet.type === 'publish' ? publish(packet, length) : other(packet, firstByte, length, version);
  if ('properties' in packet) addProperties(result, packet.properties);
  return result as Packet;
}

/** Most packets are this one, so it is made in one piece. */
function publish({ retain, qos, dup, topic, payload, packetId }: core.PublishPacket, length: number): object {
  if (packetId === undefined) return { cmd: 'publish', retain, qos, dup, length, topic, payload };
  return { cmd: 'publish', retain, qos, dup, length, topic, payload, messageId: packetId };
}

const other = (packet: core.Packet, firstByte: number, length: number, version: number): object =>
  Object.assign(blank(packet.type, firstByte & 15, length), fields(packet, version));

/** Members beside the common ones and `properties`. */
function fields(packet: core.Packet, version: number): object | undefined {
  switch (packet.type) {
    case 'connect':
      return connectFields(packet);
    case 'connack': {
      const code = version === 5 ? 'reasonCode' : 'returnCode';
      return { sessionPresent: packet.sessionPresent, [code]: packet.reasonCode };
    }
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp': {
      const { packetId: messageId, reasonCode } = packet;
      return version === 5 ? { messageId, reasonCode } : { messageId };
    }
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
  for (const name in properties) {
    const value = properties[name as keyof core.Properties];
    const rule = ruleByCoreName.get(name);
    if (value === undefined || !rule) continue;
    result[rule.name] = convert(rule.kind, value);
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
