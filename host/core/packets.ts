/**
 * The control packets as plain objects. Names are those of the MQTT 5 text in camelCase; a 3.1.1 packet is
 * the same object without `properties`.
 */

/** 3 is MQTT 3.1 (for servers and decoders), 4 is MQTT 3.1.1, 5 is MQTT 5: the Protocol Version byte of CONNECT (3.1.2.2). */
export type ProtocolVersion = 3 | 4 | 5;

/**
 * Bytes of the largest packet of the protocol: a fixed header of five bytes and 268,435,455 more (2.1.4).
 *
 * @example
 * ```ts
 * import { LARGEST_PACKET, PacketDecoder } from 'wasmqtt';
 *
 * const decoder = new PacketDecoder({ maximumPacketSize: Math.min(1024 * 1024, LARGEST_PACKET) });
 * decoder.push(new Uint8Array([0xc0, 0])); // => [ { type: 'pingreq' } ]
 * ```
 */
export const LARGEST_PACKET = 268_435_460;

/** Quality of Service, MQTT 5 section 4.3. */
export type QoS = 0 | 1 | 2;

/** Properties by name, MQTT 5 section 2.2.2.2. The core checks which packet may carry which. */
export interface Properties {
  /** 0 unspecified bytes, 1 UTF-8 text. */
  payloadFormatIndicator?: number;
  /** Seconds, four-byte integer. */
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Uint8Array;
  /** 1 to 268,435,455 each; several only in PUBLISH from a server. */
  subscriptionIdentifier?: number[];
  /** Seconds; 0xffffffff means that the session does not expire. */
  sessionExpiryInterval?: number;
  assignedClientIdentifier?: string;
  /** Seconds, two-byte integer. */
  serverKeepAlive?: number;
  authenticationMethod?: string;
  authenticationData?: Uint8Array;
  requestProblemInformation?: number;
  /** Seconds, four-byte integer. */
  willDelayInterval?: number;
  requestResponseInformation?: number;
  responseInformation?: string;
  serverReference?: string;
  reasonString?: string;
  /** 1 to 65,535. */
  receiveMaximum?: number;
  topicAliasMaximum?: number;
  /** 1 to 65,535. */
  topicAlias?: number;
  /** 0 or 1. */
  maximumQoS?: number;
  retainAvailable?: number;
  /** Name and value pairs, in the order of the packet. */
  userProperty?: [string, string][];
  /** Bytes, 1 to 0xffffffff. */
  maximumPacketSize?: number;
  wildcardSubscriptionAvailable?: number;
  subscriptionIdentifierAvailable?: number;
  sharedSubscriptionAvailable?: number;
}

/** The will message of a CONNECT packet. */
export interface Will {
  topic: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  /** MQTT 5 will properties (3.1.3.2). */
  properties?: Properties;
}

export interface ConnectPacket {
  type: 'connect';
  protocolVersion: ProtocolVersion;
  /** Clean Start of MQTT 5, Clean Session of 3.1.1. */
  cleanStart: boolean;
  /** Seconds, 0 to 65,535; 0 turns the mechanism off. */
  keepAlive: number;
  clientId: string;
  will?: Will;
  userName?: string;
  password?: Uint8Array;
  properties?: Properties;
}

export interface ConnackPacket {
  type: 'connack';
  sessionPresent: boolean;
  /** MQTT 5 reason code, or 3.1.1 return code 0 to 5. */
  reasonCode: number;
  properties?: Properties;
}

export interface PublishPacket {
  type: 'publish';
  topic: string;
  /** A view on the bytes that the decoder was given: copy it to keep it. */
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  dup: boolean;
  /** 1 to 65,535; present when qos is above 0. */
  packetId?: number;
  properties?: Properties;
}

export interface AcknowledgementPacket<
  Type extends 'puback' | 'pubrec' | 'pubrel' | 'pubcomp' = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp',
> {
  type: Type;
  packetId: number;
  /** Always 0 under 3.1.1. */
  reasonCode: number;
  properties?: Properties;
}

/** One entry of a SUBSCRIBE payload; the last three options are MQTT 5 only (3.8.3.1). */
export interface Subscription {
  topicFilter: string;
  qos: QoS;
  noLocal?: boolean;
  retainAsPublished?: boolean;
  /** 0 send retained, 1 only for a new subscription, 2 never. */
  retainHandling?: 0 | 1 | 2;
}

export interface SubscribePacket {
  type: 'subscribe';
  packetId: number;
  subscriptions: Subscription[];
  properties?: Properties;
}

export interface UnsubscribePacket {
  type: 'unsubscribe';
  packetId: number;
  topicFilters: string[];
  properties?: Properties;
}

export interface SubackPacket<Type extends 'suback' | 'unsuback' = 'suback' | 'unsuback'> {
  type: Type;
  packetId: number;
  /** One for each filter of the request; an UNSUBACK of 3.1.1 has none. */
  reasonCodes: number[];
  properties?: Properties;
}

export interface PingPacket<Type extends 'pingreq' | 'pingresp' = 'pingreq' | 'pingresp'> {
  type: Type;
}

export interface DisconnectPacket {
  type: 'disconnect';
  /** Always 0 under 3.1.1. */
  reasonCode: number;
  properties?: Properties;
}

/** Enhanced authentication, MQTT 5 only (3.15). */
export interface AuthPacket {
  type: 'auth';
  reasonCode: number;
  properties?: Properties;
}

/**
 * @example
 * ```ts
 * import {
 *   type AcknowledgementPacket, type AuthPacket, type ConnackPacket, type ConnectPacket, type DisconnectPacket,
 *   encodePacket, type Packet, type PingPacket, type Properties, type PublishPacket, type QoS, type SubackPacket,
 *   type SubscribePacket, type Subscription, type UnsubscribePacket, type Will,
 * } from 'wasmqtt';
 *
 * const payload = Buffer.from('21.5');
 * const qos: QoS = 1;
 * const will: Will = { topic: 'gone', payload, qos, retain: false };
 * const properties: Properties = { contentType: 'text/plain', userProperty: [['unit', 'C']] };
 * const subscription: Subscription = { topicFilter: 'a/#', qos, noLocal: true };
 * const connect: ConnectPacket = {
 *   type: 'connect', protocolVersion: 5, cleanStart: true, keepAlive: 60, clientId: 'c', will,
 * };
 * const connack: ConnackPacket = { type: 'connack', sessionPresent: false, reasonCode: 0 };
 * const publish: PublishPacket = {
 *   type: 'publish', topic: 'a/b', payload, qos, packetId: 1, retain: false, dup: false, properties,
 * };
 * const puback: AcknowledgementPacket<'puback'> = { type: 'puback', packetId: 1, reasonCode: 0 };
 * const subscribe: SubscribePacket = { type: 'subscribe', packetId: 2, subscriptions: [subscription] };
 * const suback: SubackPacket<'suback'> = { type: 'suback', packetId: 2, reasonCodes: [1] };
 * const unsubscribe: UnsubscribePacket = { type: 'unsubscribe', packetId: 3, topicFilters: ['a/#'] };
 * const pingreq: PingPacket<'pingreq'> = { type: 'pingreq' };
 * const auth: AuthPacket = { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } };
 * const disconnect: DisconnectPacket = { type: 'disconnect', reasonCode: 0 };
 *
 * const packets: Packet[] = [
 *   connect, connack, publish, puback, subscribe, suback, unsubscribe, pingreq, auth, disconnect,
 * ];
 * packets.map((packet) => encodePacket(packet, 5).length); // => [ 29, 5, 37, 4, 11, 6, 10, 2, 8, 2 ]
 * ```
 */
export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | AcknowledgementPacket<'puback'>
  | AcknowledgementPacket<'pubrec'>
  | AcknowledgementPacket<'pubrel'>
  | AcknowledgementPacket<'pubcomp'>
  | SubscribePacket
  | UnsubscribePacket
  | SubackPacket<'suback'>
  | SubackPacket<'unsuback'>
  | PingPacket<'pingreq'>
  | PingPacket<'pingresp'>
  | DisconnectPacket
  | AuthPacket;
