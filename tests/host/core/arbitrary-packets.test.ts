import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePacket, MqttError, type Packet, PacketDecoder } from '../../../host/core/index.js';
import { anyPacket, packetsByType } from './support/packet-arbitraries.js';
import { runs, timeout } from './support/property-runs.js';

/** Where the chunks of a stream end: any places, even the same one twice. */
const cuts = fc.array(fc.nat({ max: 4_000 }), { maxLength: 12 });

/** Changes of the bytes of a packet: what is done, at which place, with which byte. */
const damage = fc.array(
  fc.tuple(
    fc.constantFrom('set', 'flip', 'insert', 'remove', 'truncate'),
    fc.nat({ max: 1_000 }),
    fc.integer({ min: 0, max: 255 }),
  ),
  { minLength: 1, maxLength: 4 },
);

/** Changes the bytes of packets. Their lengths are not adapted and may be wrong afterwards, which is a case too. */
function damaged(bytes: Buffer, changes: [string, number, number][]): Buffer {
  let result = Buffer.from(bytes);
  for (const [what, place, byte] of changes) {
    const at = place % (result.length + 1);
    if (what === 'insert') result = Buffer.concat([result.subarray(0, at), Buffer.of(byte), result.subarray(at)]);
    else if (what === 'remove') result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    else if (what === 'truncate') result = result.subarray(0, at);
    else if (at < result.length) result[at] = what === 'set' ? byte : result[at] ^ (1 << (byte & 7));
  }
  return result;
}

interface Outcome {
  packets: Packet[];
  error?: { code: number; byteOffset: number; statement: string };
}

/** A first byte of a packet to end the stream with: a header is judged by two bytes, so each needs one after it. */
const END = Buffer.of(0xc0);

/** Everything that a decoder returns for these chunks of a stream. */
function decodeAll(version: 4 | 5, chunks: Buffer[]): Outcome {
  const decoder = new PacketDecoder({ protocolVersion: version });
  const packets: Packet[] = [];
  for (const chunk of [...chunks, END]) {
    try {
      packets.push(...decoder.push(chunk));
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      packets.push(...error.packets);
      expect(() => decoder.push(Buffer.from('c000', 'hex')), 'nothing comes after an error').toThrow(error);
      const { code, byteOffset, statement } = error;
      return { packets, error: { code, byteOffset, statement } };
    }
  }
  return { packets };
}

function cut(stream: Buffer, places: number[]): Buffer[] {
  const ends = [...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  // Copies, so that what a decoder keeps of one chunk is not part of the next.
  return ends.map((end, index) => Buffer.from(stream.subarray(index === 0 ? 0 : ends[index - 1], end)));
}

/** Length of the first packet of a stream by its header, bytes; undefined when that is incomplete or invalid. */
function lengthOfFirst(stream: Buffer): number | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(5, stream.length); at++) {
    length += (stream[at] & 0x7f) << (7 * (at - 1));
    if (stream[at] < 0x80) return 1 + at + length;
  }
  return undefined;
}

describe.each([4, 5] as const)('arbitrary packets of version %i', (version) => {
  it.each(Object.entries(packetsByType(version)))(
    '%s: decoding an encoded packet returns it, and encoding that returns the same bytes',
    (_, packets) => {
      const property = fc.property(packets, (packet) => {
        const bytes = encodePacket(packet, version);
        const decoded = new PacketDecoder({ protocolVersion: version }).push(bytes);
        if (!isDeepStrictEqual(decoded, [packet])) expect(decoded).toStrictEqual([packet]);
        expect(encodePacket(decoded[0], version).equals(bytes)).toBe(true);
      });
      fc.assert(property, runs(200));
    },
    timeout,
  );

  it(
    'a stream of them yields the same packets however it is fragmented',
    () => {
      const property = fc.property(fc.array(anyPacket(version), { maxLength: 8 }), cuts, (packets, places) => {
        const stream = Buffer.concat(packets.map((packet) => encodePacket(packet, version)));
        // A CONNECT sets the version, which all other packets here have too.
        const outcome = decodeAll(version, cut(stream, places));
        if (!isDeepStrictEqual(outcome, { packets })) expect(outcome).toStrictEqual({ packets });
      });
      fc.assert(property, runs(300));
    },
    timeout,
  );

  it(
    'with changed bytes, they yield packets or one error within the packet, however the stream is fragmented',
    () => {
      const property = fc.property(
        fc.array(anyPacket(version), { maxLength: 3 }),
        anyPacket(version),
        damage,
        cuts,
        (before, packet, changes, places) => {
          const start = Buffer.concat(before.map((one) => encodePacket(one, version)));
          const broken = damaged(encodePacket(packet, version), changes);
          const stream = Buffer.concat([start, broken, Buffer.from('c000', 'hex')]);
          const whole = decodeAll(version, [stream]);
          const outcome = decodeAll(version, cut(stream, places));
          if (!isDeepStrictEqual(outcome, whole)) expect(outcome).toStrictEqual(whole);
          if (!isDeepStrictEqual(whole.packets.slice(0, before.length), before)) {
            expect(whole.packets.slice(0, before.length)).toStrictEqual(before);
          }
          const { error, packets } = whole;
          if (!error) return;
          expect(error.byteOffset).toBeGreaterThanOrEqual(0);
          // When the damaged packet is the first refused one, its header gives its length.
          const isFirst = packets.length === before.length;
          const length = isFirst ? lengthOfFirst(stream.subarray(start.length)) : undefined;
          expect(error.byteOffset).toBeLessThanOrEqual(length ?? stream.length);
          expect(error.statement).toMatch(/^MQTT[- ]\d/);
        },
      );
      fc.assert(property, runs(500));
    },
    timeout,
  );

  it(
    'any bytes at all yield packets, an error or an incomplete packet, however the stream is fragmented',
    () => {
      const property = fc.property(fc.uint8Array({ maxLength: 60 }), cuts, (bytes, places) => {
        const stream = Buffer.from(bytes);
        const whole = decodeAll(version, [stream]);
        expect(decodeAll(version, cut(stream, places))).toStrictEqual(whole);
      });
      fc.assert(property, runs(500));
    },
    timeout,
  );
});
