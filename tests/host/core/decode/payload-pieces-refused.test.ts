import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, PacketDecoder } from '../../../../host/core/index.js';
import { bytesOf, malformed, title } from '../support/mqtt-vectors.js';
import { decoded, joined, LARGE_HEADER, large, PING, pattern, publish, WILDCARD } from './pieces-rig.js';

describe('largestBuffered: the decoder', () => {
  it('refuses a larger packet of another type, and a larger header, the same for every cut', () => {
    const subscribe = encodePacket(
      { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'f'.repeat(60), qos: 0 }] },
      5,
    );
    const header = encodePacket(publish(pattern(300), { topic: 't'.repeat(60) }), 5);
    for (const bytes of [subscribe, header].map((bad) => Buffer.concat([PING, bad, PING]))) {
      for (let cut = 0; cut <= bytes.length; cut++) {
        const { items, error } = decoded(bytes, [cut], 50);
        expect(items, `cut at ${cut}`).toEqual([{ type: 'pingreq' }]);
        expect(error, `cut at ${cut}`).toMatchObject({ codeName: 'PACKET_TOO_LARGE', byteOffset: 1 });
      }
      expect(decoded(bytes, [], 500).error).toBeUndefined();
    }
    expect(decoded(subscribe, [], 50).error?.message).toContain('malformed subscribe');
  });

  it('accepts a header of exactly that length', () => {
    const bytes = encodePacket(large, 5);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(joined(decoded(bytes, [cut], LARGE_HEADER).items)).toEqual([large]);
      expect(decoded(bytes, [cut], LARGE_HEADER - 1).error).toMatchObject({ codeName: 'PACKET_TOO_LARGE' });
    }
  });

  it('waits for the last byte of a header of exactly that length', () => {
    expect(joined(decoded(encodePacket(large, 5), [LARGE_HEADER - 1], LARGE_HEADER).items)).toEqual([large]);
  });

  it('refuses a larger header at its Remaining Length, of which only a part has come', () => {
    const { items, error } = decoded(encodePacket(large, 5), [20], LARGE_HEADER - 1);
    expect(items).toEqual([]);
    expect(error).toMatchObject({ codeName: 'PACKET_TOO_LARGE', byteOffset: 1 });
  });

  it('refuses a packet above the maximum packet size as soon as its length is known', () => {
    expect(decoded(Buffer.from('30ffffff7f', 'hex'), [], 50, 1000)).toMatchObject({
      items: [],
      error: { codeName: 'PACKET_TOO_LARGE' },
    });
    const bytes = encodePacket(large, 5);
    expect(joined(decoded(bytes, [70], 50, bytes.length).items)).toEqual([large]);
    expect(decoded(bytes, [70], 50, bytes.length - 1).items).toEqual([]);
    expect(decoded(bytes, [70], 5000, bytes.length - 1).error).toMatchObject({ codeName: 'PACKET_TOO_LARGE' });
  });

  it('refuses every malformed PUBLISH with the same code at the same byte, unless its header is too large', () => {
    let early = 0;
    for (const vector of malformed.filter(({ bytes }) => bytes[0] === '3')) {
      const { protocolVersion, maximumPacketSize, strict } = vector;
      const bytes = bytesOf(vector);
      for (let largestBuffered = 1; largestBuffered <= bytes.length; largestBuffered++) {
        const decoder = new PacketDecoder({ protocolVersion, maximumPacketSize, strict, largestBuffered });
        let error: unknown;
        try {
          for (const byte of bytes) decoder.push(Uint8Array.of(byte));
        } catch (caught) {
          error = caught;
        }
        expect(error, title(vector)).toBeInstanceOf(MqttError);
        const { codeName, byteOffset } = error as MqttError;
        const same = codeName === vector.error && byteOffset === vector.errorOffset;
        if (largestBuffered === bytes.length) expect(same, title(vector)).toBe(true);
        else if (same) early++;
        else expect(codeName, title(vector)).toBe('PACKET_TOO_LARGE');
      }
    }
    expect(early).toBeGreaterThan(100);
  });

  it('keeps the pieces before a malformed packet, whose byte offset is its own', () => {
    const bytes = Buffer.concat([encodePacket(large, 5), WILDCARD, PING]);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { items, error } = decoded(bytes, [cut], 64);
      expect(error, `cut at ${cut}`).toMatchObject({ codeName: 'TOPIC_WILDCARD', byteOffset: 5 });
      expect(joined(items), `cut at ${cut}`).toEqual([large]);
    }
  });
});

describe('largestBuffered and strict: arguments', () => {
  it('must be of their type and range', () => {
    const make = (options: object) => () => new PacketDecoder(options);
    expect(make({ largestBuffered: 0 })).toThrow(RangeError);
    expect(make({ largestBuffered: 2 ** 32 })).toThrow(RangeError);
    expect(make({ largestBuffered: '64' })).toThrow(new TypeError('largestBuffered must be an integer'));
    expect(make({ strict: 'yes' })).toThrow(new TypeError('strict must be true or false'));
  });

  it('include strict, which refuses a non-minimal Remaining Length under 3.1.1 too, and in pieces', () => {
    const bytes = Buffer.from('30e88700000161', 'hex');
    expect(new PacketDecoder({ largestBuffered: 50 }).push(bytes)).toHaveLength(1);
    expect(() => new PacketDecoder({ largestBuffered: 50, strict: true }).push(bytes)).toThrow('MQTT 2.2.3');
    expect(() => new PacketDecoder({ strict: true }).push(bytes)).toThrow('MQTT 2.2.3');
  });
});
