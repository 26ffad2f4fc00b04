import { hex_decode, hex_encode } from '../../assembly/hex';
import { Result } from '../../build/abi/assembly';
import { INPUT, OFFSET, OUTPUT, put, putText } from './bytes';

function text(address: usize, length: i32): string {
  return String.UTF8.decodeUnsafe(address, length);
}

describe('hex_encode (RFC 4648 section 8, in lower case)', () => {
  it('writes every byte value, at every length up to 40', () => {
    for (let length: u32 = 0; length <= 40; length++) {
      for (let first = 0; first < 256; first += 31) {
        put('');
        for (let i: u32 = 0; i < length; i++) store<u8>(INPUT + i, first + i * 7);
        expect(hex_encode(INPUT, length, OUTPUT, length * 2)).toBe(<i32>length * 2);
        for (let i: u32 = 0; i < length; i++) {
          const value: u8 = <u8>(first + i * 7);
          expect(load<u8>(OUTPUT + i * 2)).toBe(<u8>'0123456789abcdef'.charCodeAt(value >> 4));
          expect(load<u8>(OUTPUT + i * 2 + 1)).toBe(<u8>'0123456789abcdef'.charCodeAt(value & 15));
        }
        expect(load<u8>(OUTPUT + length * 2)).toBe(0xee, 'nothing is written behind the digits');
      }
    }
  });

  it('writes nothing when the digits do not fit', () => {
    const length = put('00 01 02 03 04');
    expect(hex_encode(INPUT, length, OUTPUT, 9)).toBe(Result.OUT_OF_SPACE);
    expect(load<u8>(OUTPUT)).toBe(0xee);
  });

  it('refuses a length whose digits could not be counted', () => {
    expect(hex_encode(INPUT, 0x40000000, OUTPUT, 0xffffffff)).toBe(Result.INVALID_ARGUMENT);
  });
});

describe('hex_decode', () => {
  it('reads either case, at every length up to 40 bytes', () => {
    const lower = '00112233445566778899aabbccddeeff0123456789abcdeffedcba98765432107f80a55a12345678';
    for (let length = 0; length <= lower.length; length += 2) {
      putText(lower.substring(0, length));
      expect(hex_decode(INPUT, length, OUTPUT, length >> 1, OFFSET)).toBe(length >> 1);
      expect(load<u8>(OUTPUT + (length >> 1))).toBe(0xee, 'nothing is written behind the bytes');
      hex_encode(OUTPUT, length >> 1, OUTPUT + 1024, 1024);
      expect(text(OUTPUT + 1024, length)).toBe(lower.substring(0, length));
      putText(lower.substring(0, length).toUpperCase());
      expect(hex_decode(INPUT, length, OUTPUT, length >> 1, OFFSET)).toBe(length >> 1);
      hex_encode(OUTPUT, length >> 1, OUTPUT + 1024, 1024);
      expect(text(OUTPUT + 1024, length)).toBe(lower.substring(0, length));
    }
    expect(load<u32>(OFFSET)).toBe(0xffffffff, 'the error offset is left alone');
  });

  it('decodes in place', () => {
    const length = putText('00112233445566778899aabbccddeeff0123');
    expect(hex_decode(INPUT, length, INPUT, length >> 1, 0)).toBe(18);
    hex_encode(INPUT, 18, OUTPUT, 64);
    expect(text(OUTPUT, 36)).toBe('00112233445566778899aabbccddeeff0123');
  });

  it('refuses each of the 234 bytes that are no digit, wherever it stands', () => {
    for (let value = 0; value < 256; value++) {
      const isDigit = (value >= 48 && value <= 57) || (value >= 65 && value <= 70) || (value >= 97 && value <= 102);
      for (let at: u32 = 0; at < 20; at++) {
        putText('0123456789abcdefABCD');
        store<u8>(INPUT + at, value);
        const result = hex_decode(INPUT, 20, OUTPUT, 10, OFFSET);
        expect(result).toBe(isDigit ? 10 : Result.HEX_BAD_DIGIT);
        if (!isDigit) expect(load<u32>(OFFSET)).toBe(at);
      }
    }
  });

  it('gives the first of two bad digits', () => {
    const length = putText('00zz11223344556677xx');
    expect(hex_decode(INPUT, length, OUTPUT, 64, OFFSET)).toBe(Result.HEX_BAD_DIGIT);
    expect(load<u32>(OFFSET)).toBe(2);
  });

  it('refuses an odd number of digits at the last one', () => {
    const length = putText('00112233445');
    expect(hex_decode(INPUT, length, OUTPUT, 64, OFFSET)).toBe(Result.HEX_ODD_LENGTH);
    expect(load<u32>(OFFSET)).toBe(10);
  });

  it('names the line break, not the odd length, when a line break makes the length odd', () => {
    const length = putText('0011\n');
    expect(hex_decode(INPUT, length, OUTPUT, 64, OFFSET)).toBe(Result.HEX_BAD_DIGIT);
    expect(load<u32>(OFFSET)).toBe(4);
  });

  it('writes nothing when the bytes do not fit', () => {
    const length = putText('001122334455');
    expect(hex_decode(INPUT, length, OUTPUT, 5, OFFSET)).toBe(Result.OUT_OF_SPACE);
    expect(load<u8>(OUTPUT)).toBe(0xee);
  });

  it('does without an address for the error offset', () => {
    const length = putText('0g');
    expect(hex_decode(INPUT, length, OUTPUT, 5, 0)).toBe(Result.HEX_BAD_DIGIT);
  });
});
