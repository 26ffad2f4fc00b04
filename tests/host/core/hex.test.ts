import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Result } from '../../../build/abi/core.js';
import { core } from '../../../host/core/engine/core.js';
import { scratch } from '../../../host/core/engine/scratch.js';
import { HexError, hexDecode, hexEncode } from '../../../host/core/hex.js';

function failure(text: string): HexError {
  try {
    hexDecode(text);
  } catch (error) {
    if (error instanceof HexError) return error;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(text)}`);
}

describe('hexEncode', () => {
  it('returns what Buffer returns, at every length up to 300 and for a mebibyte', () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = randomBytes(length);
      expect(hexEncode(bytes)).toBe(bytes.toString('hex'));
    }
    const large = randomBytes(1 << 20);
    expect(hexEncode(large)).toBe(large.toString('hex'));
  });

  it('reads a view that starts inside its buffer', () => {
    expect(hexEncode(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe('0203');
  });

  it('refuses bytes whose digits no string can hold', () => {
    const error = new RangeError('hexEncode: 268435456 bytes are too many for one string');
    expect(() => hexEncode(new Uint8Array(2 ** 28))).toThrow(error);
  });
});

describe('hexDecode', () => {
  it('reads either case, at every length up to 300 bytes and for a mebibyte', () => {
    for (const length of [...Array(301).keys(), 1 << 20]) {
      const bytes = randomBytes(length);
      const text = bytes.toString('hex');
      expect(Buffer.compare(hexDecode(text), bytes)).toBe(0);
      expect(Buffer.compare(hexDecode(text.toUpperCase()), bytes)).toBe(0);
    }
  });

  it('returns bytes that later calls do not change', () => {
    const first = hexDecode('0102');
    hexDecode('ffff');
    expect([...first]).toEqual([1, 2]);
  });

  it('reports the first bad character, where Buffer stops silently', () => {
    const error = failure('00112233445566778899aabbccddeegg');
    expect(error).toMatchObject({
      name: 'HexError',
      code: Result.HEX_BAD_DIGIT,
      codeName: 'HEX_BAD_DIGIT',
      byteOffset: 30,
      source: 'RFC 4648 8',
    });
    expect(error.message).toContain('character 30 is "g"');
    expect(failure('3082\n').message).toContain('character 4 is "\\n"');
  });

  it.each([
    ['a space', ' 3082', 0],
    ['a prefix', '0x3082', 1],
    ['characters whose low byte is a digit', '\u0130\u0131', 0],
    ['a pair of surrogates', '00\u{1f600}', 2],
    ['a character of Latin-1', '00\u00e9', 2],
    ['halves of surrogate pairs', '\ud800\ud800', 0],
  ])('refuses %s', (_, text, byteOffset) => {
    expect(failure(text)).toMatchObject({ code: Result.HEX_BAD_DIGIT, byteOffset });
  });

  it('refuses an odd number of digits', () => {
    expect(failure('308')).toMatchObject({ code: Result.HEX_ODD_LENGTH, byteOffset: 2 });
    expect(failure('308').message).toContain('3 digits');
  });

  it('leaves nothing of a key in the memory of the core', () => {
    const secret = randomBytes(64);
    hexDecode(secret.toString('hex'));
    hexEncode(secret);
    expect(scratch.u8.includes(secret)).toBe(false);
    expect(scratch.u8.includes(secret.toString('hex'))).toBe(false);
  });

  it('leaves nothing of 65,536 digits in the memory of the core', () => {
    const secret = randomBytes(32_768);
    hexDecode(secret.toString('hex'));
    expect(scratch.u8.includes(secret)).toBe(false);
    expect(scratch.u8.includes(secret.toString('hex').slice(-100))).toBe(false);
  });
});

describe('the ABI functions of the release build', () => {
  it('write nothing past the capacity and nothing before the output', () => {
    const base = scratch.reserve(4096);
    for (let length = 0; length <= 70; length++) {
      scratch.u8.fill(0xee, base, base + 4096);
      scratch.u8.fill(0x61, base + 1024, base + 1024 + length);
      expect(core.hex_decode(base + 1024, length & ~1, base + 512, length >> 1, 0)).toBe(length >> 1);
      expect(scratch.u8[base + 511]).toBe(0xee);
      expect(scratch.u8[base + 512 + (length >> 1)]).toBe(0xee);
      expect(core.hex_encode(base + 1024, length, base + 2048, length * 2)).toBe(length * 2);
      expect(scratch.u8[base + 2047]).toBe(0xee);
      expect(scratch.u8[base + 2048 + length * 2]).toBe(0xee);
      if (length > 1)
        expect(core.hex_decode(base + 1024, length, base, (length >> 1) - 1, 0)).toBe(Result.OUT_OF_SPACE);
    }
  });
});
