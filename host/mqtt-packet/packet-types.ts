/**
 * The packets as users of mqtt-packet know them, under the same type names, so that declarations written for mqtt-packet 9
 * compile. A parsed packet has more members than its interface declares: `retain`, `qos`, `dup`, `length` (Remaining
 * Length, bytes), `topic` and `payload` are always present, and null, false or 0 where the packet has no such field.
 */

export type QoS = 0 | 1 | 2;

export type PacketCmd =
  | 'auth'
  | 'connack'
  | 'connect'
  | 'disconnect'
  | 'pingreq'
  | 'pingresp'
  | 'puback'
  | 'pubcomp'
  | 'publish'
  | 'pubrel'
  | 'pubrec'
  | 'suback'
  | 'subscribe'
  | 'unsuback'
  | 'unsubscribe';

/** Values by name; several values of one name are an array. */
export type UserProperties = { [index: string]: string | string[] };

/** Properties that most packets of MQTT 5 may carry. */
interface ReasonProperties {
  reasonString?: string;
  userProperties?: UserProperties;
}

interface AuthenticationProperties {
  authenticationMethod?: string;
  authenticationData?: Buffer;
}

interface MessageProperties {
  payloadFormatIndicator?: boolean;
  /** Seconds. */
  messageExpiryInterval?: number;
  contentType?: string;
  responseTopic?: string;
  correlationData?: Buffer;
  userProperties?: UserProperties;
}

/** Properties that CONNECT and CONNACK share. */
interface SessionProperties extends AuthenticationProperties {
  /** Seconds. */
  sessionExpiryInterval?: number;
  receiveMaximum?: number;
  /** Bytes. */
  maximumPacketSize?: number;
  topicAliasMaximum?: number;
  userProperties?: UserProperties;
}

export interface IPacket {
  cmd: PacketCmd;
  messageId?: number;
  /** Remaining Length, bytes. */
  length?: number;
}

export interface IAuthPacket extends IPacket {
  cmd: 'auth';
  reasonCode: number;
  properties?: ReasonProperties & AuthenticationProperties;
}

export interface IConnectPacket extends IPacket {
  cmd: 'connect';
  clientId: string;
  protocolVersion?: 4 | 5 | 3;
  protocolId?: 'MQTT' | 'MQIsdp';
  clean?: boolean;
  /** Seconds. */
  keepalive?: number;
  username?: string;
  password?: Buffer;
  will?: {
    topic: string;
    payload: Buffer | string;
    qos?: QoS;
    retain?: boolean;
    properties?: MessageProperties & { willDelayInterval?: number };
  };
  properties?: SessionProperties & { requestResponseInformation?: boolean; requestProblemInformation?: boolean };
}

export interface IPublishPacket extends IPacket {
  cmd: 'publish';
  qos: QoS;
  dup: boolean;
  retain: boolean;
  topic: string;
  /** In a parsed packet, a view on the parsed chunk. */
  payload: string | Buffer;
  properties?: MessageProperties & { topicAlias?: number; subscriptionIdentifier?: number | number[] };
}

export interface IConnackPacket extends IPacket {
  cmd: 'connack';
  /** MQTT 3.1 and 3.1.1. */
  returnCode?: number;
  /** MQTT 5. */
  reasonCode?: number;
  sessionPresent: boolean;
  properties?: SessionProperties & {
    maximumQoS?: number;
    retainAvailable?: boolean;
    assignedClientIdentifier?: string;
    reasonString?: string;
    wildcardSubscriptionAvailable?: boolean;
    subscriptionIdentifiersAvailable?: boolean;
    sharedSubscriptionAvailable?: boolean;
    /** Seconds. */
    serverKeepAlive?: number;
    responseInformation?: string;
    serverReference?: string;
  };
}

export interface ISubscription {
  topic: string;
  qos: QoS;
  /** No Local. */
  nl?: boolean;
  /** Retain As Published. */
  rap?: boolean;
  /** Retain Handling. */
  rh?: number;
}

export interface ISubscribePacket extends IPacket {
  cmd: 'subscribe';
  subscriptions: ISubscription[];
  properties?: ReasonProperties & { subscriptionIdentifier?: number };
}

export interface ISubackPacket extends IPacket {
  cmd: 'suback';
  reasonCode?: number;
  properties?: ReasonProperties;
  // biome-ignore lint/complexity/noBannedTypes: declarations of mqtt-packet say so.
  granted: number[] | Object[];
}

export interface IUnsubscribePacket extends IPacket {
  cmd: 'unsubscribe';
  properties?: ReasonProperties;
  unsubscriptions: string[];
}

export interface IUnsubackPacket extends IPacket {
  cmd: 'unsuback';
  reasonCode?: number;
  properties?: ReasonProperties;
  granted: number[];
}

interface Acknowledgement<Cmd extends PacketCmd> extends IPacket {
  cmd: Cmd;
  reasonCode?: number;
  properties?: ReasonProperties;
}

export interface IPubackPacket extends Acknowledgement<'puback'> {}
export interface IPubcompPacket extends Acknowledgement<'pubcomp'> {}
export interface IPubrelPacket extends Acknowledgement<'pubrel'> {}
export interface IPubrecPacket extends Acknowledgement<'pubrec'> {}

export interface IPingreqPacket extends IPacket {
  cmd: 'pingreq';
}

export interface IPingrespPacket extends IPacket {
  cmd: 'pingresp';
}

export interface IDisconnectPacket extends IPacket {
  cmd: 'disconnect';
  reasonCode?: number;
  properties?: ReasonProperties & { sessionExpiryInterval?: number; serverReference?: string };
}

/**
 * @example
 * ```ts
 * import {
 *   generate, type IAuthPacket, type IConnackPacket, type IConnectPacket, type IDisconnectPacket, type IPacket,
 *   type IPingreqPacket, type IPingrespPacket, type IPubackPacket, type IPubcompPacket, type IPublishPacket,
 *   type IPubrecPacket, type IPubrelPacket, type ISubackPacket, type ISubscribePacket, type ISubscription,
 *   type IUnsubackPacket, type IUnsubscribePacket, type Packet, type PacketCmd, type QoS, type UserProperties,
 * } from 'wasmqtt/mqtt-packet';
 *
 * const qos: QoS = 1;
 * const userProperties: UserProperties = { unit: 'C' };
 * const subscription: ISubscription = { topic: 'a/#', qos };
 * const connect: IConnectPacket = { cmd: 'connect', clientId: 'c', protocolVersion: 5, keepalive: 60 };
 * const connack: IConnackPacket = { cmd: 'connack', reasonCode: 0, sessionPresent: false };
 * const properties = { userProperties };
 * const publish: IPublishPacket = {
 *   cmd: 'publish', topic: 'a', payload: 'hi', qos, messageId: 1, dup: false, retain: false, properties,
 * };
 * const puback: IPubackPacket = { cmd: 'puback', messageId: 1 };
 * const pubrec: IPubrecPacket = { cmd: 'pubrec', messageId: 1 };
 * const pubrel: IPubrelPacket = { cmd: 'pubrel', messageId: 1 };
 * const pubcomp: IPubcompPacket = { cmd: 'pubcomp', messageId: 1 };
 * const subscribe: ISubscribePacket = { cmd: 'subscribe', messageId: 2, subscriptions: [subscription] };
 * const suback: ISubackPacket = { cmd: 'suback', messageId: 2, granted: [1] };
 * const unsubscribe: IUnsubscribePacket = { cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['a/#'] };
 * const unsuback: IUnsubackPacket = { cmd: 'unsuback', messageId: 3, granted: [0] };
 * const pingreq: IPingreqPacket = { cmd: 'pingreq' };
 * const pingresp: IPingrespPacket = { cmd: 'pingresp' };
 * const auth: IAuthPacket = { cmd: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } };
 * const disconnect: IDisconnectPacket = { cmd: 'disconnect', reasonCode: 0 };
 *
 * const packets: Packet[] = [
 *   connect, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback, pingreq, pingresp,
 *   auth, disconnect,
 * ];
 * const sizes = packets.map((packet: IPacket): [PacketCmd, number] => [
 *   packet.cmd,
 *   generate(packet as Packet, { protocolVersion: 5 }).length,
 * ]);
 * sizes[2]; // => [ 'publish', 20 ]
 * ```
 */
export type Packet =
  | IConnectPacket
  | IPublishPacket
  | IConnackPacket
  | ISubscribePacket
  | ISubackPacket
  | IUnsubscribePacket
  | IUnsubackPacket
  | IPubackPacket
  | IPubcompPacket
  | IPubrelPacket
  | IPingreqPacket
  | IPingrespPacket
  | IDisconnectPacket
  | IPubrecPacket
  | IAuthPacket;

/** Options of `parser`; other members are ignored, so a client's own options or a CONNECT packet will do. */
export interface ParserOptions {
  /** Version of the packets to come, 3, 4 or 5; anything else means 4. A CONNECT has its own. */
  protocolVersion?: number;
  /** Accept what mqtt-packet accepts although the standard calls it malformed; see divergences.json. Default false. */
  lenient?: boolean;
  /** Give entries of a SUBSCRIBE the options of a bridge; only with `lenient`. */
  bridgeMode?: boolean;
}

/** Options of `generate` and `writeToStream`; other members are ignored. */
export interface GenerateOptions {
  /** Version to write, 3, 4 or 5; anything else means 4. A CONNECT has its own. */
  protocolVersion?: number;
  /** Write what mqtt-packet writes although the standard calls it malformed; see divergences.json. Default false. */
  lenient?: boolean;
  /** A larger acknowledgement loses its reason string, then its user properties too. */
  properties?: { maximumPacketSize?: number };
}
