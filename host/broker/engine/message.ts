import type { Packet, Properties, PublishPacket, QoS } from '../../core/index.js';
import type { ClientIdentity } from './rules.js';

/** A payload up to this many bytes is copied with the header of each packet; a larger one is handed on by reference. */
export const SMALL_PAYLOAD = 1024;

/** An application message on its way through the broker; what it says is never changed. Made by `makeMessage` or `weighed`. */
export interface Message {
  readonly topic: string;
  /** Its own once the message is held: see `hold`. Until then it may be a view of what the client sent. */
  payload: Uint8Array;
  readonly qos: QoS;
  /** The RETAIN flag of the publisher. */
  readonly retain: boolean;
  /** The properties that are passed on unaltered (3.3.2.3); the expiry is in `expiresAt`. */
  readonly properties?: Properties;
  /** Milliseconds on the engine's clock. */
  readonly expiresAt?: number;
  /** Client id of the publisher; undefined when the broker's own program published. */
  readonly publisher?: string;
  /**
   * Who published it, when it is retained and its listener checks the source of retained messages (`checkRetainSource`): the rules
   * are asked again before it is sent to a new subscription.
   */
  readonly source?: ClientIdentity;
  /** Bytes that it counts for against the limits: topic, payload and properties. */
  readonly size: number;
  /** `payload` is a view: kept, it would keep all that came with it. */
  isBorrowed: boolean;
  /** How many sessions hold it, see `HeldBytes`. */
  holders: number;
}

/** One message in the form that one session gets. */
export interface Delivery {
  readonly message: Message;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly subscriptionIdentifiers?: number[];
  /** The filter of the shared subscription by which it came (4.8.2): another member may take it over. */
  readonly sharedBy?: string;
  /** What was encoded of it while it is sent to many: a few, so a list. */
  forms?: EncodedForm[];
}

/** What decides how a message looks, besides the message. Shapes of which all members are equal are the same. */
export interface PublishShape {
  readonly version: 4 | 5;
  readonly mountPoint: string;
  /** In each packet (3.3.2.3.4). */
  readonly topicAlias: number | undefined;
  /** False: the alias stands for the topic. */
  readonly namesTopic: boolean;
  /** The topic's name in the packet, empty where the alias stands for it; undefined when it has none. */
  nameOf(topic: string): string | undefined;
}

/** The bytes of a delivery: see `messages/encoded-publish.ts`. */
export interface EncodedForm {
  readonly shape: PublishShape;
  /** Bytes of the packet. */
  readonly length: number;
  /** Seconds of the message expiry interval in it (3.3.2.3.3). */
  readonly secondsLeft: number | undefined;
  /** What follows the head; undefined when the head is all of the packet. Not changed afterwards. */
  readonly payload: Uint8Array | undefined;
  /** The packet, or what comes before its payload. Not changed afterwards. @param packetId undefined for QoS 0 */
  head(packetId: number | undefined, dup: boolean): Uint8Array;
}

/** What the broker sends besides messages. */
export type Reply = Exclude<Packet, PublishPacket>;

/** What PUBLISH and a will have in common. */
interface Content {
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties?: Properties;
}

/**
 * A message from a PUBLISH packet or a will. Copies what it keeps: the bytes of a decoded packet are views of its buffer.
 *
 * @param now milliseconds; the message expiry interval (3.3.2.3.3) runs from here
 * @param mayBorrow nobody writes to the payload any more: it is copied only when the message is held, as most never are
 */
export function makeMessage(
  content: Content,
  topic: string,
  now: number,
  publisher?: ClientIdentity,
  mayBorrow = false,
): Message {
  const expiry = lifetimeOf(content.properties?.messageExpiryInterval, publisher);
  // A large one is sent by reference: a client that reads slowly would keep more than it is weighed with.
  const isBorrowed = mayBorrow && content.payload.length <= SMALL_PAYLOAD;
  const payload = isBorrowed ? content.payload : new Uint8Array(content.payload);
  const properties = forwarded(content.properties);
  return {
    topic,
    payload,
    qos: content.qos,
    retain: content.retain,
    properties,
    expiresAt: expiry === undefined ? undefined : now + expiry * 1000,
    publisher: publisher?.clientId,
    source: content.retain && publisher?.listener.settings?.checkRetainSource ? publisher : undefined,
    isBorrowed,
    size: sizeOf(topic, payload, properties),
    holders: 0,
  };
}

/** Seconds, within what the publisher's listener has; undefined when it never expires. */
function lifetimeOf(asked: number | undefined, publisher: ClientIdentity | undefined): number | undefined {
  const settings = publisher?.listener.settings;
  if (asked === undefined || !settings) return asked;
  const { minimumMessageExpiry = 0, maximumMessageExpiry = Number.POSITIVE_INFINITY } = settings;
  return Math.min(Math.max(asked, minimumMessageExpiry), maximumMessageExpiry);
}

/** The message stays for longer than the call that it came in: from now on its payload is its own. */
export function hold(message: Message): void {
  if (!message.isBorrowed) return;
  message.payload = new Uint8Array(message.payload);
  message.isBorrowed = false;
}

/** Bytes that a user property takes besides its text. */
const USER_PROPERTY_BYTES = 100;

/** What a message has besides what it says: `weighed` adds it. */
export type Handling = 'size' | 'isBorrowed' | 'holders';

/** A message with its size. Named field by field, as in `makeMessage`: objects of one shape are the faster ones. */
export function weighed(message: Omit<Message, Handling>): Message {
  const { topic, payload, qos, retain, properties, expiresAt, publisher, source } = message;
  const size = sizeOf(topic, payload, properties);
  return { topic, payload, qos, retain, properties, expiresAt, publisher, source, isBorrowed: false, size, holders: 0 };
}

function sizeOf(topic: string, payload: Uint8Array, properties: Properties | undefined): number {
  return topic.length + payload.length + (properties === undefined ? 0 : propertyBytes(properties));
}

/** Bytes that properties count for. */
export function propertyBytes({
  contentType = '',
  responseTopic = '',
  correlationData,
  userProperty = [],
}: Properties) {
  let size = contentType.length + responseTopic.length + (correlationData?.length ?? 0);
  for (const [name, value] of userProperty) size += name.length + value.length + USER_PROPERTY_BYTES;
  return size;
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

/** Seconds until the message expires (3.3.2-6); undefined when it does not. */
export function secondsLeft({ expiresAt }: Message, now: number): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(0, Math.ceil((expiresAt - now) / 1000));
}

/**
 * The PUBLISH packet of a delivery. Its expiry interval is the time that is left (3.3.2-6).
 *
 * @param topic as the client knows it
 * @param now milliseconds
 */
export function publishPacket(
  { message, qos, retain, subscriptionIdentifiers }: Delivery,
  topic: string,
  version: 4 | 5,
  now: number,
  packetId: number | undefined,
  dup: boolean,
): PublishPacket {
  const packet: PublishPacket = { type: 'publish', topic, payload: message.payload, qos, retain, dup };
  if (packetId !== undefined) packet.packetId = packetId;
  if (version !== 5) return packet;
  const properties: Properties = { ...message.properties };
  const seconds = secondsLeft(message, now);
  if (seconds !== undefined) properties.messageExpiryInterval = seconds;
  if (subscriptionIdentifiers) properties.subscriptionIdentifier = subscriptionIdentifiers;
  packet.properties = properties;
  return packet;
}
