import { propertyBytes } from '../message.js';
import type { JournalRecord, MessageValue } from './journal-record.js';

/** Bytes that a change takes while it waits, besides its texts and payload: its objects, and its key in a store's table. */
const RECORD_BYTES = 300;

/** Bytes that a change counts for while it is not stored. */
export function recordWeight(record: JournalRecord): number {
  return RECORD_BYTES + keyBytes(record) + valueBytes(record);
}

function keyBytes(record: JournalRecord): number {
  switch (record.kind) {
    case 'subscription':
    case 'replay':
      return record.topicFilter.length;
    case 'retained':
      return record.topic.length;
    case 'will':
      return record.clientId.length;
    default:
      return 0;
  }
}

function valueBytes(record: JournalRecord): number {
  if (record.value === undefined) return 0;
  switch (record.kind) {
    case 'message':
    case 'retained':
      return messageBytes(record.value);
    case 'will':
      return messageBytes(record.value.will) + (record.value.client.certificate?.der.length ?? 0);
    case 'session':
      return record.value.client.certificate?.der.length ?? 0;
    case 'source':
      return record.value.certificate?.der.length ?? 0;
    case 'replay':
      return record.value.topics.reduce((sum, topic) => sum + topic.length, 0);
    default:
      return 0;
  }
}

function messageBytes({ topic, payload, properties }: Pick<MessageValue, 'topic' | 'payload' | 'properties'>): number {
  return topic.length + payload.length + (properties === undefined ? 0 : propertyBytes(properties));
}
