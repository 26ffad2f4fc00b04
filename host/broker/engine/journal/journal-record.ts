import type { ProtocolVersion, Will } from '../../../core/index.js';
import type { Delivery, Handling, Message } from '../message.js';
import type { ClientCertificate } from '../rules.js';
import type { StoredSubscription } from '../subscription.js';

/** A client as the rules will see it again. Its listener is known by name. */
export interface ClientValue {
  readonly clientId: string;
  readonly userName?: string;
  readonly certificate?: ClientCertificate;
  readonly remote: string;
  readonly protocolVersion: ProtocolVersion;
  readonly isBridge?: boolean;
  readonly listener: string;
}

export interface SessionValue {
  readonly client: ClientValue;
  /** Seconds, or 0xffffffff for never (3.1.2.11.2). */
  readonly expiryInterval: number;
  /** Milliseconds since 1970; undefined while the client is connected, and for a session that does not expire. */
  readonly endsAt?: number;
}

/** A message; its `expiresAt` is in milliseconds since 1970. */
export type MessageValue = Omit<Message, 'source' | Handling>;

export interface RetainedValue extends MessageValue {
  /** Rises with each message that is kept, see `RetainedNode.storedAt`; 0 in a store of format 1. */
  readonly storedAt: number;
  /** Id of the record `source`, where the listener checks the source of retained messages. */
  readonly source?: number;
}

/** A message in the form that one session gets. */
export interface DeliveryValue extends Pick<Delivery, 'qos' | 'retain' | 'sharedBy'> {
  /** Id of the record `message`. */
  readonly message: number;
  readonly subscriptionIdentifiers?: readonly number[];
}

/** An exchange of QoS 1 or 2 with a client that is not over. */
export interface OutboundValue {
  readonly qos: 1 | 2;
  /** Lower is sent again first. */
  readonly order: number;
  /** Undefined once PUBREC has come: only the PUBREL is left (4.3.3). */
  readonly delivery?: DeliveryValue;
}

export interface WillValue {
  readonly client: ClientValue;
  readonly will: Will;
  /** Milliseconds since 1970: when the will delay interval ends; undefined while the client is connected. */
  readonly publishAt?: number;
}

/** Retained messages that a session is still to get for a subscription. Each part of the record has some of those that it had. */
export interface ReplayValue {
  /** `storedAt` of the last message that was kept before the subscription. */
  readonly keptUntil: number;
  /** Topics of the messages that the session has got, or that are in its queue or window. */
  readonly topics: readonly string[];
}

interface Values {
  session: { key: { session: number }; value: SessionValue };
  subscription: { key: { session: number; topicFilter: string }; value: StoredSubscription };
  /** A message that waits in queues or windows, once for all of them. */
  message: { key: { id: number }; value: MessageValue };
  /** A message that waits for a session. */
  queued: { key: { session: number; order: number }; value: DeliveryValue };
  /** A message that was sent. */
  outbound: { key: { session: number; packetId: number }; value: OutboundValue };
  /** Packet id of a QoS 2 message that came from the client and waits for PUBREL. */
  inbound: { key: { session: number; packetId: number }; value: true };
  retained: { key: { topic: string }; value: RetainedValue };
  will: { key: { clientId: string }; value: WillValue };
  /** Part 0 is there as long as messages are to come. */
  replay: { key: { session: number; topicFilter: string; part: number }; value: ReplayValue };
  /** Who published retained messages, once for all of them. */
  source: { key: { id: number }; value: ClientValue };
}

export type RecordKind = keyof Values;

/** A key, and its new value; without a value the key is deleted. */
export type RecordOf<K extends RecordKind> = { kind: K } & Values[K]['key'] & { value?: Values[K]['value'] };

/** One change of the broker's state. */
export type JournalRecord = { [K in RecordKind]: RecordOf<K> }[RecordKind];

/** Sorts as the numbers do, so that records made one after the other lie side by side. */
const padded = (value: number) => value.toString(36).padStart(9, '0');

/** The record's key as a text that no other key has. Topics and client ids make it as long as 65,537 characters. */
export function keyOf(record: JournalRecord): string {
  switch (record.kind) {
    case 'session':
      return `s/${padded(record.session)}`;
    case 'subscription':
      return `f/${padded(record.session)}/${record.topicFilter}`;
    case 'message':
      return `m/${padded(record.id)}`;
    case 'queued':
      return `q/${padded(record.session)}/${padded(record.order)}`;
    case 'outbound':
      return `o/${padded(record.session)}/${record.packetId}`;
    case 'inbound':
      return `i/${padded(record.session)}/${record.packetId}`;
    case 'retained':
      return `r/${record.topic}`;
    case 'will':
      return `w/${record.clientId}`;
    case 'replay':
      return `p/${padded(record.session)}/${padded(record.part)}/${record.topicFilter}`;
    case 'source':
      return `c/${padded(record.id)}`;
  }
}
