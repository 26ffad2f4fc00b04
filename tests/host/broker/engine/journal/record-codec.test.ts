import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord, type JournalRecord, RecordError } from '../../../../../host/broker/index.js';
import { certificateOf } from '../../world.js';

const client = {
  clientId: 'c\u{1f600}',
  userName: '',
  certificate: { ...certificateOf('device'), subjectAltNames: ['DNS:a', 'DNS:b'] },
  remote: '127.0.0.1:1',
  protocolVersion: 5 as const,
  isBridge: true,
  listener: 'default',
};
const message = {
  topic: 't/ä',
  payload: Uint8Array.of(0, 1, 255),
  qos: 2 as const,
  retain: true,
  expiresAt: 1_700_000_000_123,
  publisher: '',
  properties: { payloadFormatIndicator: 0, userProperty: [['', '\ufeffx']] as [string, string][] },
};
const bare = { topic: 't', payload: new Uint8Array(0), qos: 0 as const, retain: false };
const records: JournalRecord[] = [
  { kind: 'session', session: 1, value: { client, expiryInterval: 0xffffffff } },
  { kind: 'session', session: Number.MAX_SAFE_INTEGER, value: { client, expiryInterval: 1, endsAt: 2 } },
  {
    kind: 'subscription',
    session: 127,
    topicFilter: '$share/g/+/#',
    value: {
      topicFilter: '$share/g/+/#',
      qos: 1,
      noLocal: false,
      retainAsPublished: true,
      retainHandling: 2,
      upgradesQoS: true,
      leavesOut: '+',
      identifier: 268_435_455,
    },
  },
  { kind: 'message', id: 128, value: message },
  { kind: 'message', id: 16_384, value: bare },
  { kind: 'queued', session: 1, order: 2, value: { message: 3, qos: 1, retain: false } },
  { kind: 'queued', session: 1, order: 3, value: { message: 3, qos: 1, retain: false, sharedBy: '$share/g/a' } },
  {
    kind: 'outbound',
    session: 1,
    packetId: 65_535,
    value: { qos: 2, order: 1, delivery: { message: 1, qos: 2, retain: true, subscriptionIdentifiers: [1, 2] } },
  },
  { kind: 'outbound', session: 1, packetId: 1, value: { qos: 2, order: 1 } },
  { kind: 'inbound', session: 1, packetId: 9, value: true },
  { kind: 'retained', topic: 't/ä', value: { ...message, storedAt: 1 } },
  { kind: 'retained', topic: 't', value: { ...bare, storedAt: 2 ** 40, source: 7 } },
  {
    kind: 'will',
    clientId: client.clientId,
    value: { client, will: { ...bare, properties: { willDelayInterval: 0xffffffff } }, publishAt: 5 },
  },
  { kind: 'replay', session: 1, topicFilter: '#', part: 0, value: { keptUntil: 0, topics: [] } },
  { kind: 'replay', session: 1, topicFilter: '+/ä', part: 300, value: { keptUntil: 2 ** 40, topics: ['a', 't/ä'] } },
  { kind: 'source', id: 3, value: client },
];

describe('a record', () => {
  it.each(records)('is the same after encoding and decoding: $kind', (record) => {
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
  });

  it.each(records)('is refused when it is cut off anywhere, or has a byte too many: $kind', (record) => {
    const bytes = encodeRecord(record);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRecord(bytes.subarray(0, length)), `${length} bytes`).toThrow(RecordError);
    }
    expect(() => decodeRecord(Uint8Array.of(...bytes, 0))).toThrow('a record is damaged: bytes are left over');
  });

  it('of another format is refused by its number', () => {
    const bytes = encodeRecord(records[0]);
    bytes[0] = 3;
    expect(() => decodeRecord(bytes)).toThrow('a record has format 3, and this version reads 1 to 2; use the version');
  });

  it('of format 1 is read: its retained messages have neither number nor source', () => {
    const bytes = encodeRecord({ kind: 'retained', topic: 't', value: { ...bare, storedAt: 0 } }).slice(0, -2);
    bytes[0] = 1;
    const value = { ...bare, storedAt: 0, expiresAt: undefined, publisher: undefined, properties: undefined };
    expect(decodeRecord(bytes)).toEqual({ kind: 'retained', topic: 't', value });
    for (const record of records.filter(({ kind }) => kind !== 'retained')) {
      const old = encodeRecord(record);
      old[0] = 1;
      expect(decodeRecord(old)).toEqual(record);
    }
  });

  it('that is damaged is refused and never read as something else than a record', () => {
    for (const record of records) {
      const bytes = encodeRecord(record);
      for (let at = 1; at < bytes.length; at++) {
        const damaged = bytes.slice();
        damaged[at] ^= 0xff;
        try {
          decodeRecord(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError);
        }
      }
    }
  });
});
