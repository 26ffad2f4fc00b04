import type { Properties, ProtocolVersion, PublishPacket, QoS } from '../../core/index.js';

/** An application message on its way through the broker; it owns its bytes and is never changed. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  /** The RETAIN flag of the publisher. */
  readonly retain: boolean;
  /** The properties that are passed on unaltered (3.3.2.3); the expiry is in `expiresAt`. */
  readonly properties?: Properties;
  /** Milliseconds on the engine's clock. */
  readonly expiresAt?: number;
  /** Client id of the publisher; undefined when the broker's own program published. */
  readonly publisher?: string;
}

/** One message in the form that one session gets. */
export interface Delivery {
  readonly message: Message;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly subscriptionIdentifiers?: number[];
}

/** What PUBLISH and a will have in common. */
interface Content {
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: Properties;
}

/**
 * A message from a PUBLISH packet or a will. Copies the bytes: those of a decoded packet are views of its buffer.
 *
 * @param now milliseconds; the message expiry interval (3.3.2.3.3) runs from here
 */
export function makeMessage(content: Content, topic: string, now: number, publisher?: string): Message {
  const expiry = content.properties?.messageExpiryInterval;
  return {
    topic,
    payload: new Uint8Array(content.payload),
    qos: content.qos,
    retain: content.retain,
    properties: forwarded(content.properties),
    expiresAt: expiry === undefined ? undefined : now + expiry * 1000,
    publisher,
  };
}

/** The properties that a server has to pass on: 3.3.2-4, -15, -16, -17, -18, -20. */
function forwarded(properties: Properties | undefined): Properties | undefined {
  if (!properties) return undefined;
  const kept: Properties = {};
  if (properties.payloadFormatIndicator !== undefined) kept.payloadFormatIndicator = properties.payloadFormatIndicator;
  if (properties.contentType !== undefined) kept.contentType = properties.contentType;
  if (properties.responseTopic !== undefined) kept.responseTopic = properties.responseTopic;
  if (properties.correlationData !== undefined) kept.correlationData = new Uint8Array(properties.correlationData);
  if (properties.userProperty !== undefined)
    kept.userProperty = properties.userProperty.map(([name, value]) => [name, value]);
  return Object.keys(kept).length > 0 ? kept : undefined;
}

export function isExpired(message: Message, now: number): boolean {
  return message.expiresAt !== undefined && message.expiresAt <= now;
}

/** Bytes that a message counts for against the limits. */
export function messageSize(message: Message): number {
  return message.payload.length + message.topic.length;
}

/** The PUBLISH packet of a delivery. Its expiry interval is the time that is left (3.3.2-6). */
export function publishPacket(
  delivery: Delivery,
  version: ProtocolVersion,
  now: number,
  packetId: number | undefined,
  dup: boolean,
): PublishPacket {
  const { message, qos, retain } = delivery;
  const packet: PublishPacket = { type: 'publish', topic: message.topic, payload: message.payload, qos, retain, dup };
  if (packetId !== undefined) packet.packetId = packetId;
  if (version !== 5) return packet;
  const properties: Properties = { ...message.properties };
  if (message.expiresAt !== undefined) {
    properties.messageExpiryInterval = Math.max(0, Math.ceil((message.expiresAt - now) / 1000));
  }
  if (delivery.subscriptionIdentifiers) properties.subscriptionIdentifier = delivery.subscriptionIdentifiers;
  packet.properties = properties;
  return packet;
}
