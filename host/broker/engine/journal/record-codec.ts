import type { QoS } from '../../../core/index.js';
import { parentOf } from '../routing/shared-filter.js';
import type { StoredSubscription } from '../subscription.js';
import { readClient, writeClient } from './client-codec.js';
import { FieldReader, FieldWriter } from './field-codec.js';
import type { DeliveryValue, JournalRecord, MessageValue, RecordKind, RetainedValue } from './journal-record.js';
import { readProperties, writeProperties } from './property-codec.js';

/**
 * The format of encoded records, in the first byte of each. It changes with every change of what is written here, so that a
 * version that does not know it refuses a store rather than misread it.
 */
export const RECORD_FORMAT = 2;

/** The first format that is still read. It has neither number nor source of a retained message, and no `replay`. */
export const OLDEST_FORMAT = 1;

/** The second byte of a record. Numbers are never used again for something else. */
const KINDS: readonly RecordKind[] = [
  'session',
  'subscription',
  'message',
  'queued',
  'outbound',
  'inbound',
  'retained',
  'will',
  'replay',
  'source',
];

/**
 * Bytes that are not a record, or not one of this format. The message says why and what to do.
 *
 * @example
 * ```ts
 * import { decodeRecord, RecordError } from 'wasmqtt/broker';
 *
 * try {
 *   decodeRecord(Uint8Array.of(255));
 * } catch (error) {
 *   error instanceof RecordError; // => true
 * }
 * ```
 */
export class RecordError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RecordError';
  }
}

const writer = new FieldWriter();

/**
 * A record with a value as bytes: key and value, so that a store may keep it under any key.
 *
 * @example
 * ```ts
 * import { decodeRecord, encodeRecord, type JournalRecord, type RecordKind, type RecordOf } from 'wasmqtt/broker';
 *
 * const kind: RecordKind = 'inbound';
 * const record: RecordOf<'inbound'> = { kind, session: 1, packetId: 7, value: true };
 * const read: JournalRecord = decodeRecord(encodeRecord(record));
 * read.kind; // => 'inbound'
 * ```
 */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const w = writer;
  w.clear();
  w.byte(RECORD_FORMAT);
  w.byte(KINDS.indexOf(record.kind));
  switch (record.kind) {
    case 'session': {
      const { client, expiryInterval, endsAt } = record.value!;
      w.number(record.session);
      writeClient(w, client);
      w.number(expiryInterval);
      w.optional(endsAt, (value) => w.number(value));
      break;
    }
    case 'subscription':
      w.number(record.session);
      writeSubscription(record.value!);
      break;
    case 'message':
      w.number(record.id);
      writeMessage(record.value!);
      break;
    case 'queued':
      w.number(record.session);
      w.number(record.order);
      writeDelivery(record.value!);
      break;
    case 'outbound':
      w.number(record.session);
      w.number(record.packetId);
      w.byte(record.value!.qos);
      w.number(record.value!.order);
      w.optional(record.value!.delivery, writeDelivery);
      break;
    case 'inbound':
      w.number(record.session);
      w.number(record.packetId);
      break;
    case 'retained':
      writeMessage(record.value!);
      w.number(record.value!.storedAt);
      w.number(record.value!.source ?? 0);
      break;
    case 'will': {
      const { client, will, publishAt } = record.value!;
      writeClient(w, client);
      writeMessage(will);
      w.optional(publishAt, (value) => w.number(value));
      break;
    }
    case 'replay':
      w.number(record.session);
      w.text(record.topicFilter);
      w.number(record.part);
      w.number(record.value!.keptUntil);
      w.list(record.value!.topics, (topic) => w.text(topic));
      break;
    case 'source':
      w.number(record.id);
      writeClient(w, record.value!);
      break;
  }
  return w.take();
}

/** Whether this version reads records of this format. */
export function isReadable(format: number): boolean {
  return format >= OLDEST_FORMAT && format <= RECORD_FORMAT;
}

/** @throws RecordError for bytes that `encodeRecord` of this version or an earlier one does not write */
export function decodeRecord(bytes: Uint8Array): JournalRecord {
  const [format] = bytes;
  if (!isReadable(format)) {
    throw new RecordError(
      `a record has format ${format ?? 'none'}, and this version reads ${OLDEST_FORMAT} to ${RECORD_FORMAT}; use the version that wrote it`,
    );
  }
  try {
    const r = new FieldReader(bytes, 1);
    const record = readRecord(r, format);
    if (!r.isAtEnd) throw new RangeError('bytes are left over');
    return record;
  } catch (error) {
    const reason = (error as Error).message;
    throw new RecordError(`a record is damaged: ${reason}; put a copy of the store back`, { cause: error });
  }
}

function readRecord(r: FieldReader, format: number): JournalRecord {
  const number = r.byte();
  const kind = KINDS[number];
  switch (kind) {
    case 'session': {
      const session = r.number();
      const client = readClient(r);
      return { kind, session, value: { client, expiryInterval: r.number(), endsAt: r.optional(() => r.number()) } };
    }
    case 'subscription': {
      const session = r.number();
      const value = readSubscription(r);
      return { kind, session, topicFilter: value.topicFilter, value };
    }
    case 'message':
      return { kind, id: r.number(), value: readMessage(r) };
    case 'queued':
      return { kind, session: r.number(), order: r.number(), value: readDelivery(r) };
    case 'outbound': {
      const [session, packetId, qos, order] = [r.number(), r.number(), r.byte() as 1 | 2, r.number()];
      return { kind, session, packetId, value: { qos, order, delivery: r.optional(() => readDelivery(r)) } };
    }
    case 'inbound':
      return { kind, session: r.number(), packetId: r.number(), value: true };
    case 'retained': {
      const value = readRetained(r, format);
      return { kind, topic: value.topic, value };
    }
    case 'will': {
      const client = readClient(r);
      const { topic, payload, qos, retain, properties } = readMessage(r);
      const will = { topic, payload, qos, retain, properties };
      return { kind, clientId: client.clientId, value: { client, will, publishAt: r.optional(() => r.number()) } };
    }
    case 'replay': {
      const [session, topicFilter, part] = [r.number(), r.text(), r.number()];
      return { kind, session, topicFilter, part, value: { keptUntil: r.number(), topics: r.list(() => r.text()) } };
    }
    case 'source':
      return { kind, id: r.number(), value: readClient(r) };
    default:
      throw new RangeError(`there is no kind ${number}`);
  }
}

/** One bit for each option, and two for Retain Handling, as in the Subscription Options of SUBSCRIBE (3.8.3.1). */
function writeSubscription(subscription: StoredSubscription): void {
  const {
    topicFilter,
    qos,
    noLocal,
    retainAsPublished,
    retainHandling = 0,
    identifier,
    upgradesQoS,
    leavesOut,
  } = subscription;
  writer.text(topicFilter);
  writer.byte(
    qos +
      (noLocal ? 4 : 0) +
      (retainAsPublished ? 8 : 0) +
      16 * retainHandling +
      (upgradesQoS ? 64 : 0) +
      (leavesOut !== undefined ? 128 : 0),
  );
  writer.number(identifier ?? 0);
}

function readSubscription(r: FieldReader): StoredSubscription {
  const [topicFilter, options, identifier] = [r.text(), r.byte(), r.number()];
  return {
    topicFilter,
    qos: (options & 3) as QoS,
    noLocal: (options & 4) !== 0,
    retainAsPublished: (options & 8) !== 0,
    retainHandling: ((options >> 4) & 3) as 0 | 1 | 2,
    ...((options & 64) !== 0 && { upgradesQoS: true }),
    ...((options & 128) !== 0 && { leavesOut: parentOf(topicFilter) }),
    ...(identifier > 0 && { identifier }),
  };
}

function writeMessage(message: MessageValue): void {
  const { topic, payload, qos, retain, properties, expiresAt, publisher } = message;
  writer.text(topic);
  writer.byte(qos + (retain ? 4 : 0));
  writer.bytes(payload);
  writer.optional(expiresAt, (value) => writer.number(value));
  writer.optional(publisher, (value) => writer.text(value));
  writer.optional(properties, (value) => writeProperties(writer, value));
}

function readMessage(r: FieldReader): MessageValue {
  const [topic, flags, payload] = [r.text(), r.byte(), r.bytes()];
  return {
    topic,
    payload,
    qos: (flags & 3) as QoS,
    retain: (flags & 4) !== 0,
    // Without closures: there may be a million of them.
    expiresAt: r.byte() === 0 ? undefined : r.number(),
    publisher: r.byte() === 0 ? undefined : r.text(),
    properties: r.byte() === 0 ? undefined : readProperties(r),
  };
}

function readRetained(r: FieldReader, format: number): RetainedValue {
  const { topic, payload, qos, retain, expiresAt, publisher, properties } = readMessage(r);
  const storedAt = format < 2 ? 0 : r.number();
  const source = format < 2 ? 0 : r.number();
  const message = { topic, payload, qos, retain, expiresAt, publisher, properties, storedAt };
  return source > 0 ? { ...message, source } : message;
}

function writeDelivery({ message, qos, retain, subscriptionIdentifiers, sharedBy }: DeliveryValue): void {
  writer.number(message);
  writer.byte(qos + (retain ? 4 : 0));
  writer.list(subscriptionIdentifiers ?? [], (value) => writer.number(value));
  writer.optional(sharedBy, (value) => writer.text(value));
}

function readDelivery(r: FieldReader): DeliveryValue {
  const [message, flags, identifiers] = [r.number(), r.byte(), r.list(() => r.number())];
  const sharedBy = r.optional(() => r.text());
  return {
    message,
    qos: (flags & 3) as QoS,
    retain: (flags & 4) !== 0,
    ...(identifiers.length > 0 && { subscriptionIdentifiers: identifiers }),
    ...(sharedBy !== undefined && { sharedBy }),
  };
}
