import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CoreExports, PacketRecord, Result } from '../../../../build/abi/core.js';
import { encodePacket, LARGEST_PACKET } from '../../../../host/core/index.js';
import { compile } from '../support/bare-core.js';
import { anyPacket } from '../support/packet-arbitraries.js';
import { runs, timeout } from '../support/property-runs.js';

/** Values of guard bytes; the core must neither change one nor depend on it. */
const GUARDS = [0x00, 0xff, 0x2b];

const damage = fc.array(fc.tuple(fc.nat({ max: 1_000 }), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });

function damaged(bytes: Buffer, changes: [number, number][]): Buffer {
  const result = Buffer.from(bytes);
  for (const [place, byte] of changes) result[place % result.length] = byte;
  return result;
}

/** A separate instance of a release build, with guard bytes in all memory above the core's data. */
class Guarded {
  readonly exports: CoreExports;
  readonly base: number;
  /** End of memory: reading beyond it traps. */
  readonly end: number;
  /** Address of the Packet record. */
  readonly record: number;

  constructor(name: 'core.wasm' | 'core.simd.wasm') {
    this.exports = compile(name).instantiate() as unknown as CoreExports;
    this.base = (this.exports.heap_base() + 15) & ~15;
    this.exports.memory.grow(1);
    this.end = this.exports.memory.buffer.byteLength;
    this.record = this.base + 64;
  }

  get u8(): Buffer {
    return Buffer.from(this.exports.memory.buffer);
  }

  fill(guard: number): void {
    this.u8.fill(guard, this.base);
  }

  word(field: number): number {
    return this.u8.readUInt32LE(this.record + field);
  }

  /** Expects that all bytes above the core's data except these ranges are guards. */
  expectGuards(guard: number, ...ranges: [number, number][]): void {
    let at = this.base;
    for (const [start, end] of [...ranges, [this.end, this.end]].sort(([a], [b]) => a - b)) {
      const part = this.u8.subarray(at, start);
      if (!part.equals(Buffer.alloc(part.length, guard))) expect.fail(`bytes from ${at} to ${start} were written to`);
      at = end;
    }
  }

  /** Calls mqtt_decode for bytes that end where memory ends; returns the result and the record, with addresses as offsets. */
  decode(bytes: Buffer, version: number, guard: number) {
    this.fill(guard);
    const input = this.end - bytes.length;
    bytes.copy(this.u8, input);
    const result = this.exports.mqtt_decode(input, bytes.length, version, LARGEST_PACKET, this.record);
    expect(this.u8.subarray(input).equals(bytes), 'the input is as it was').toBe(true);
    this.expectGuards(guard, [this.record, this.record + PacketRecord.SIZE], [input, this.end]);
    return { result, needed: this.word(PacketRecord.needed), errorOffset: this.word(PacketRecord.errorOffset) };
  }
}

describe.each(['core.wasm', 'core.simd.wasm'] as const)('%s', (name) => {
  const build = new Guarded(name);

  describe.each([4, 5] as const)('with packets of version %i', (version) => {
    it(
      'decodes within the bytes that it was given, and writes nothing but the record',
      () => {
        const property = fc.property(anyPacket(version), damage, fc.nat({ max: 1_000 }), (packet, changes, length) => {
          const whole = damaged(encodePacket(packet, version), changes);
          for (const bytes of [whole, whole.subarray(0, length % whole.length)]) {
            const [first, ...others] = GUARDS.map((guard) => build.decode(bytes, version, guard));
            for (const other of others) expect(other).toEqual(first);
            expect(first.result).toBeLessThanOrEqual(bytes.length);
            if (first.result < 0) expect(first.errorOffset).toBeLessThanOrEqual(bytes.length);
            if (first.result === 0) expect(first.needed).toBeGreaterThan(0);
          }
        });
        fc.assert(property, runs(80));
      },
      timeout,
    );

    it(
      'encodes what it decoded into the same bytes, within the room that it was given, or writes nothing',
      () => {
        const property = fc.property(anyPacket(version), fc.nat({ max: 1_000 }), (packet, room) => {
          const bytes = encodePacket(packet, version);
          expect(build.decode(bytes, version, 0xee).result).toBe(bytes.length);
          const { record, u8 } = build;
          const output = record + PacketRecord.SIZE + 64;
          const encode = (capacity: number) => build.exports.mqtt_encode(record, output, capacity);
          const input: [number, number] = [build.end - bytes.length, build.end];
          const small = room % bytes.length;
          expect(encode(small)).toBe(Result.OUT_OF_SPACE);
          build.expectGuards(0xee, [record, record + PacketRecord.SIZE], input);
          expect(encode(bytes.length)).toBe(bytes.length);
          expect(u8.subarray(output, output + bytes.length).equals(bytes)).toBe(true);
          build.expectGuards(0xee, [record, record + PacketRecord.SIZE], [output, output + bytes.length], input);
        });
        fc.assert(property, runs(150));
      },
      timeout,
    );
  });
});
