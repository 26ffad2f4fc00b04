import type { Properties, ProtocolVersion, QoS, Will } from '../../../core/index.js';
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

export interface MessageValue {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: Properties;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Client id; undefined when the broker's own program published. */
  readonly publisher?: string;
}

/** A message in the form that one session gets. */
export interface DeliveryValue {
  /** Id of the record `message`. */
  readonly message: number;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly subscriptionIdentifiers?: readonly number[];
  /** The filter of the shared subscription by which it came (4.8.2). */
  readonly sharedBy?: string;
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
  retained: { key: { topic: string }; value: MessageValue };
  will: { key: { clientId: string }; value: WillValue };
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
  }
}
