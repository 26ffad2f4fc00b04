import { compatibilityPartitioner, type MessageToProduce } from '@platformatic/kafka';
import type { OutgoingRecord } from '../record-ports.js';

type Message = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;

/** What Kafka takes for the name of a topic. */
const TOPIC_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/** Bytes of a record beside its key, value and headers, at most. */
const RECORD_OVERHEAD = 100;

/** Why Kafka would never take the record; undefined when it may. */
export function whyRefused(record: OutgoingRecord, maxRecordBytes: number): string | undefined {
  if (!TOPIC_NAME.test(record.topic)) {
    return `${JSON.stringify(record.topic)} cannot be the name of a topic; up to 249 of A-Z a-z 0-9 . _ - can`;
  }
  const size = sizeOf(record);
  return size > maxRecordBytes ? `it takes ${size} bytes; ${maxRecordBytes} are the limit` : undefined;
}

/** About the bytes that the record takes in Kafka. */
function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let size = RECORD_OVERHEAD + (key?.length ?? 0) + value.length;
  for (const [name, text] of Object.entries(headers ?? {})) size += 4 * (name.length + text.length);
  return size;
}

/** A record on its way. */
export interface OutgoingItem {
  readonly topic: string;
  /** as the client takes it, with its partition: what is sent again goes where it went */
  readonly message: Message;
  /** its place in what was sent */
  readonly index: number;
  readonly bytes: number;
}

/**
 * The record with its partition: the one that Java's client would choose for the key.
 *
 * @param partitions how many the topic has
 * @param turn for a record without a key: which partition, counted round
 */
export function toItem(record: OutgoingRecord, index: number, partitions: number, turn: number): OutgoingItem {
  const { topic, headers } = record;
  const key = record.key && asBuffer(record.key);
  const choice = key === undefined ? turn : compatibilityPartitioner({ topic } as Message, key);
  const message = {
    topic,
    key,
    value: asBuffer(record.value),
    partition: choice % partitions,
    timestamp: BigInt(Date.now()),
    ...(headers && {
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    }),
  };
  return { topic, message, index, bytes: sizeOf(record) };
}

/** Parts of the list, each in its order and up to so many bytes, or of a single record. */
export function* parts(items: readonly OutgoingItem[], maxBytes: number): Generator<OutgoingItem[]> {
  let part: OutgoingItem[] = [];
  let bytes = 0;
  for (const item of items) {
    if (part.length > 0 && bytes + item.bytes > maxBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += item.bytes;
  }
  if (part.length > 0) yield part;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
