import type { ProtocolVersion, QoS } from '../../../core/index.js';
import type { ClientCertificate } from '../rules.js';
import type { StoredSubscription } from '../subscription.js';
import { FieldReader, FieldWriter } from './field-codec.js';
import type { ClientValue, DeliveryValue, JournalRecord, MessageValue, RecordKind } from './journal-record.js';
import { readProperties, writeProperties } from './property-codec.js';

/**
 * The format of encoded records, in the first byte of each. It changes with every change of what is written here, and with it a
 * store of another format is refused rather than misread.
 */
export const RECORD_FORMAT = 1;

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
];

/** Bytes that are not a record, or not one of this format. The message says why and what to do. */
export class RecordError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RecordError';
  }
}

/** In the byte of the protocol version, as bridges send it. */
const BRIDGE = 0x80;

const writer = new FieldWriter();

/** A record with a value as bytes: key and value, so that a store may keep it under any key. */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const w = writer;
  w.clear();
  w.byte(RECORD_FORMAT);
  w.byte(KINDS.indexOf(record.kind));
  switch (record.kind) {
    case 'session': {
      const { client, expiryInterval, endsAt } = record.value!;
      w.number(record.session);
      writeClient(client);
      w.number(expiryInterval);
      optional(endsAt, (value) => w.number(value));
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
      optional(record.value!.delivery, writeDelivery);
      break;
    case 'inbound':
      w.number(record.session);
      w.number(record.packetId);
      break;
    case 'retained':
      writeMessage(record.value!);
      break;
    case 'will': {
      const { client, will, publishAt } = record.value!;
      writeClient(client);
      writeMessage(will);
      optional(publishAt, (value) => w.number(value));
      break;
    }
  }
  return w.take();
}

/** @throws RecordError for bytes that `encodeRecord` of this version does not write */
export function decodeRecord(bytes: Uint8Array): JournalRecord {
  if (bytes[0] !== RECORD_FORMAT) {
    throw new RecordError(
      `a record has format ${bytes[0] ?? 'none'}, and this version reads format ${RECORD_FORMAT}; use the version that wrote it`,
    );
  }
  try {
    const r = new FieldReader(bytes, 1);
    const record = readRecord(r);
    if (!r.isAtEnd) throw new RangeError('bytes are left over');
    return record;
  } catch (error) {
    const reason = (error as Error).message;
    throw new RecordError(`a record is damaged: ${reason}; put a copy of the store back`, { cause: error });
  }
}

function readRecord(r: FieldReader): JournalRecord {
  const number = r.byte();
  const kind = KINDS[number];
  switch (kind) {
    case 'session': {
      const session = r.number();
      const client = readClient(r);
      return { kind, session, value: { client, expiryInterval: r.number(), endsAt: either(r, () => r.number()) } };
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
      return { kind, session, packetId, value: { qos, order, delivery: either(r, () => readDelivery(r)) } };
    }
    case 'inbound':
      return { kind, session: r.number(), packetId: r.number(), value: true };
    case 'retained': {
      const value = readMessage(r);
      return { kind, topic: value.topic, value };
    }
    case 'will': {
      const client = readClient(r);
      const { topic, payload, qos, retain, properties } = readMessage(r);
      const will = { topic, payload, qos, retain, properties };
      return { kind, clientId: client.clientId, value: { client, will, publishAt: either(r, () => r.number()) } };
    }
    default:
      throw new RangeError(`there is no kind ${number}`);
  }
}

function optional<T>(value: T | undefined, write: (value: T) => void): void {
  writer.byte(value === undefined ? 0 : 1);
  if (value !== undefined) write(value);
}

function either<T>(r: FieldReader, read: () => T): T | undefined {
  return r.byte() === 0 ? undefined : read();
}

function writeClient(client: ClientValue): void {
  const { clientId, userName, certificate, remote, protocolVersion, isBridge, listener } = client;
  writer.text(clientId);
  optional(userName, (value) => writer.text(value));
  optional(certificate, writeCertificate);
  writer.text(remote);
  writer.byte(protocolVersion + (isBridge ? BRIDGE : 0));
  writer.text(listener);
}

function readClient(r: FieldReader): ClientValue {
  const clientId = r.text();
  const userName = either(r, () => r.text());
  const certificate = either(r, () => readCertificate(r));
  const [remote, version, listener] = [r.text(), r.byte(), r.text()];
  const protocolVersion = (version & ~BRIDGE) as ProtocolVersion;
  const isBridge = (version & BRIDGE) !== 0;
  return { clientId, userName, certificate, remote, protocolVersion, listener, ...(isBridge && { isBridge }) };
}

function writeCertificate(certificate: ClientCertificate): void {
  writer.bytes(certificate.der);
  optional(certificate.commonName, (value) => writer.text(value));
  writer.text(certificate.subject);
  writer.text(certificate.fingerprint);
  writer.text(certificate.serialNumber);
  writer.list(certificate.subjectAltNames, (value) => writer.text(value));
}

function readCertificate(r: FieldReader): ClientCertificate {
  return {
    der: r.bytes(),
    commonName: either(r, () => r.text()),
    subject: r.text(),
    fingerprint: r.text(),
    serialNumber: r.text(),
    subjectAltNames: r.list(() => r.text()),
  };
}

/** One bit for each option, and two for Retain Handling, as in the Subscription Options of SUBSCRIBE (3.8.3.1). */
function writeSubscription(subscription: StoredSubscription): void {
  const { topicFilter, qos, noLocal, retainAsPublished, retainHandling = 0, identifier, upgradesQoS } = subscription;
  writer.text(topicFilter);
  writer.byte(qos + (noLocal ? 4 : 0) + (retainAsPublished ? 8 : 0) + 16 * retainHandling + (upgradesQoS ? 64 : 0));
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
    ...(identifier > 0 && { identifier }),
  };
}

function writeMessage(message: MessageValue): void {
  const { topic, payload, qos, retain, properties, expiresAt, publisher } = message;
  writer.text(topic);
  writer.byte(qos + (retain ? 4 : 0));
  writer.bytes(payload);
  optional(expiresAt, (value) => writer.number(value));
  optional(publisher, (value) => writer.text(value));
  optional(properties, (value) => writeProperties(writer, value));
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

function writeDelivery({ message, qos, retain, subscriptionIdentifiers, sharedBy }: DeliveryValue): void {
  writer.number(message);
  writer.byte(qos + (retain ? 4 : 0));
  writer.list(subscriptionIdentifiers ?? [], (value) => writer.number(value));
  optional(sharedBy, (value) => writer.text(value));
}

function readDelivery(r: FieldReader): DeliveryValue {
  const [message, flags, identifiers] = [r.number(), r.byte(), r.list(() => r.number())];
  const sharedBy = either(r, () => r.text());
  return {
    message,
    qos: (flags & 3) as QoS,
    retain: (flags & 4) !== 0,
    ...(identifiers.length > 0 && { subscriptionIdentifiers: identifiers }),
    ...(sharedBy !== undefined && { sharedBy }),
  };
}
