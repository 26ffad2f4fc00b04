import { describe, expect, it } from 'vitest';
import {
  encodePacket,
  MqttError,
  type Packet,
  PacketBatch,
  type PreparedPublish,
  type PublishTemplate,
  preparePublish,
} from '../../../../host/core/index.js';

const properties = {
  messageExpiryInterval: 60,
  contentType: 'text/plain',
  userProperty: [['site', 'n'.repeat(200)]] as [string, string][],
};
const template: PublishTemplate = { topic: 'sensor/é', qos: 1, retain: true };

/** Payloads on both sides of the lengths at which the Remaining Length takes a byte more (2.1.4). */
const payloads = [0, 1, 16, 100, 127, 128, 300, 16_300, 16_384, 2_097_160].map((length) => Buffer.alloc(length, 0xa5));

describe.each([
  [3, undefined],
  [4, undefined],
  [5, undefined],
  [5, {}],
  [5, properties],
] as const)('a PUBLISH prepared for version %i with the properties %o', (version, properties) => {
  it.each([0, 1, 2] as const)('with QoS %i is the same as from encodePacket', (qos) => {
    for (const retain of [false, true]) {
      const prepared = preparePublish({ ...template, qos, retain, properties }, version);
      for (const [index, payload] of payloads.entries()) {
        const packetId = qos === 0 ? undefined : 1 + index * 7000;
        const packet: Packet = {
          type: 'publish',
          topic: 'sensor/é',
          qos,
          retain,
          dup: false,
          payload,
          packetId,
          properties,
        };
        const expected = encodePacket(packet, version);
        expect(prepared.encode(payload, packetId).equals(expected)).toBe(true);
        const batch = new PacketBatch(version);
        batch.add({ type: 'pingreq' });
        batch.addPrepared(prepared, payload, packetId);
        expect(batch.count).toBe(2);
        expect(batch.take().subarray(2).equals(expected)).toBe(true);
      }
    }
  });
});

describe('a prepared PUBLISH', () => {
  it('may have an empty topic beside a Topic Alias (3.3.2.3.4)', () => {
    const prepared = preparePublish({ topic: '', qos: 0, retain: false, properties: { topicAlias: 7 } }, 5);
    expect(prepared.encode(Buffer.from('x')).toString('hex')).toBe('3007000003230007' + '78');
  });

  it('returns bytes that the next packet does not change', () => {
    const prepared = preparePublish(template, 4);
    const first = prepared.encode(Buffer.from('one'), 1);
    const copy = Buffer.from(first);
    prepared.encode(Buffer.from('two'), 2).fill(0);
    expect(first).toEqual(copy);
    expect(first).not.toEqual(prepared.encode(Buffer.from('one'), 2));
  });

  it('does not change with the object that it was made from', () => {
    const given = { ...template, properties: { contentType: 'a' } };
    const prepared = preparePublish(given, 5);
    const before = prepared.encode(Buffer.alloc(1), 1);
    given.topic = 'b';
    given.properties.contentType = 'b';
    expect(prepared.encode(Buffer.alloc(1), 1)).toEqual(before);
  });

  it('accepts any Uint8Array as payload', () => {
    const prepared = preparePublish(template, 4);
    expect(prepared.encode(Uint8Array.of(1, 2), 1)).toEqual(prepared.encode(Buffer.of(1, 2), 1));
  });

  it.each<[string, object, 4 | 5, string]>([
    ['a wildcard in its topic', { ...template, topic: 'a/+' }, 4, 'TOPIC_WILDCARD'],
    ['no topic', { ...template, topic: '' }, 5, 'TOPIC_EMPTY'],
    ['half of a surrogate pair', { ...template, topic: '\ud83d' }, 4, 'UTF8_INVALID'],
    ['QoS 3', { ...template, qos: 3 }, 4, 'QOS_INVALID'],
    ['properties before MQTT 5', { ...template, properties }, 4, 'PROPERTY_FOREIGN'],
    ['a property of another packet', { ...template, properties: { serverKeepAlive: 1 } }, 5, 'PROPERTY_FOREIGN'],
  ])('is refused at once when it has %s', (_, wrong, version, codeName) => {
    const error = expect.objectContaining({ codeName, byteOffset: -1 });
    expect(() => preparePublish(wrong as PublishTemplate, version)).toThrow(error);
    expect(() => preparePublish(wrong as PublishTemplate, version)).toThrow(MqttError);
  });

  it.each<[unknown, unknown, Error]>([
    [undefined, 4, new TypeError('template must be an object')],
    [{ ...template, topic: 7 }, 4, new TypeError('publish: topic must be a string')],
    [{ ...template, retain: 1 }, 4, new TypeError('publish: retain must be true or false')],
    [{ ...template, qos: 4 }, 4, new RangeError('publish: qos must be 0 to 3, not 4')],
    [template, 6, new RangeError('protocolVersion must be 3 to 5, not 6')],
    [template, undefined, new TypeError('protocolVersion must be an integer')],
  ])('from %o for version %o is refused at once', (wrong, version, error) => {
    expect(() => preparePublish(wrong as PublishTemplate, version as 4)).toThrow(error);
  });

  it('refuses a wrong payload or packet id, which leaves a batch unchanged', () => {
    const prepared = preparePublish(template, 4);
    const batch = new PacketBatch(4);
    batch.addPrepared(prepared, Buffer.from('good'), 1);
    const wrong: [unknown, unknown, Error][] = [
      ['x', 1, new TypeError('publish: payload must be a Uint8Array')],
      [undefined, 1, new TypeError('publish: payload must be a Uint8Array')],
      [Buffer.alloc(1), undefined, new TypeError('publish: packetId must be an integer')],
      [Buffer.alloc(1), 0, new RangeError('publish: packetId must be 1 to 65535, not 0')],
      [Buffer.alloc(1), 65_536, new RangeError('publish: packetId must be 1 to 65535, not 65536')],
    ];
    for (const [payload, packetId, error] of wrong) {
      expect(() => prepared.encode(payload as Buffer, packetId as number)).toThrow(error);
      expect(() => batch.addPrepared(prepared, payload as Buffer, packetId as number)).toThrow(error);
    }
    expect(batch.take()).toEqual(prepared.encode(Buffer.from('good'), 1));
  });

  it('refuses a payload that makes it longer than the protocol allows before copying it (1.5.5)', () => {
    const payload = new Uint8Array(new ArrayBuffer(268_435_455)); // never touched, so it takes no memory
    const error = expect.objectContaining({ codeName: 'PACKET_TOO_LARGE' });
    expect(() => preparePublish(template, 4).encode(payload, 1)).toThrow(error);
  });

  it('goes into a batch of its own version only', () => {
    const batch = new PacketBatch(5);
    const error = new RangeError('publish: prepared for version 4, the batch has 5');
    expect(() => batch.addPrepared(preparePublish(template, 4), Buffer.alloc(0), 1)).toThrow(error);
    for (const wrong of [undefined, {}, template]) {
      expect(() => batch.addPrepared(wrong as PreparedPublish, Buffer.alloc(0), 1)).toThrow(
        new TypeError('prepared must come from preparePublish'),
      );
    }
    expect(batch.count).toBe(0);
  });
});
