import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { plainSlices, type Slices } from '../../../../host/core/bytes/plain-slices.js';

const ofBuffer = Buffer.prototype as unknown as Slices;

/** Lengths around those at which another way is taken. */
const LENGTHS = [0, 1, 2, 3, 8, 23, 24, 25, 26, 100, 8191, 8192, 8193, 16_384, 20_000];
const TEXTS = [
  '',
  'a',
  'room/1',
  'Küche/Wärme',
  '溫度',
  '😀/\u{10ffff}',
  '\ufeffmark',
  'x'.repeat(300),
  '溫'.repeat(300),
];

/** Bytes that lie somewhere in their memory, with others around them. */
function within(bytes: Uint8Array): Uint8Array {
  const memory = new Uint8Array(bytes.length + 7).fill(0x5a);
  memory.set(bytes, 3);
  return memory.subarray(3, 3 + bytes.length);
}

describe('what an engine without Buffer uses instead of its methods', () => {
  it.each(LENGTHS)('reads the same texts of %i bytes', (length) => {
    const bytes = within(randomBytes(length));
    const [start, end] = [Math.min(length, 1), Math.max(0, length - 1)];
    for (const method of ['latin1Slice', 'hexSlice', 'base64Slice'] as const) {
      expect(plainSlices[method].call(bytes, 0, length)).toBe(ofBuffer[method].call(bytes, 0, length));
      if (method === 'base64Slice' || start > end) continue;
      expect(plainSlices[method].call(bytes, start, end)).toBe(ofBuffer[method].call(bytes, start, end));
    }
    const even = length - (length % 2);
    expect(plainSlices.ucs2Slice.call(bytes, 0, even)).toBe(ofBuffer.ucs2Slice.call(bytes, 0, even));
  });

  it.each(TEXTS)('reads and writes UTF-8: %j', (text) => {
    const bytes = within(Buffer.from(text));
    expect(plainSlices.utf8Slice.call(bytes, 0, bytes.length)).toBe(text);
    const [ours, theirs] = [new Uint8Array(1000), new Uint8Array(1000)];
    const written = plainSlices.utf8Write.call(ours, text, 5, 990);
    expect(written).toBe(ofBuffer.utf8Write.call(theirs, text, 5, 990));
    expect(ours).toEqual(theirs);
  });

  it('writes no more of UTF-8 than whole characters that there is room for', () => {
    for (let room = 0; room < 8; room++) {
      const [ours, theirs] = [new Uint8Array(20), new Uint8Array(20)];
      expect(plainSlices.utf8Write.call(ours, 'aé溫😀', 2, room)).toBe(
        ofBuffer.utf8Write.call(theirs, 'aé溫😀', 2, room),
      );
      expect(ours).toEqual(theirs);
    }
  });

  it('writes characters below U+0100 as bytes', () => {
    const text = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const [ours, theirs] = [new Uint8Array(300), new Uint8Array(300)];
    expect(plainSlices.latin1Write.call(ours, text, 7, 256)).toBe(256);
    ofBuffer.latin1Write.call(theirs, text, 7, 256);
    expect(ours).toEqual(theirs);
  });

  it('takes hex digits of both cases, and stops before a pair that has another character', () => {
    const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    for (const one of characters) {
      for (const text of [`00${one}1ff`, `00a${one}ff`]) {
        const [ours, theirs] = [new Uint8Array(8), new Uint8Array(8)];
        const written = plainSlices.hexWrite.call(ours, text, 2, text.length >> 1);
        expect({ text, written }).toEqual({ text, written: ofBuffer.hexWrite.call(theirs, text, 2, text.length >> 1) });
        expect(ours.subarray(0, 2 + written)).toEqual(theirs.subarray(0, 2 + written));
      }
    }
  });

  it('takes no character beyond U+00FF for a hex digit, where Buffer of some versions looks at its low byte', () => {
    for (const text of ['00ı1ff', '00aıff', '00０1ff']) {
      expect(plainSlices.hexWrite.call(new Uint8Array(8), text, 2, 3)).toBe(1);
    }
  });
});
