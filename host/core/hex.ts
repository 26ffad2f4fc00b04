import { Result, results } from '../../build/abi/core.js';
import { describeResult } from './errors.js';
import { core, scratch } from './instance.js';

/** Up to this many bytes a call wipes what it left in the core's memory, since it may have been a key; no key is larger. */
const WIPE_LIMIT = 65_536;

/** Text that is not hex. */
export class HexError extends Error {
  /** Negative result code, see `Result`: HEX_BAD_DIGIT or HEX_ODD_LENGTH. */
  readonly code: number;
  /** Name of the result code. */
  readonly codeName: string;
  /** Where the rule stands. */
  readonly source: string;
  /** Index of the first bad character, or of the last digit when their number is odd. */
  readonly byteOffset: number;

  constructor(code: number, byteOffset: number, text: string) {
    const what =
      code === Result.HEX_BAD_DIGIT
        ? `character ${byteOffset} is ${printable(text, byteOffset)}`
        : `${text.length} digits`;
    super(`not hex: ${what}: ${describeResult(code)}; write two digits for each byte, without spaces or line breaks`);
    this.name = 'HexError';
    this.code = code;
    this.codeName = results[code]?.name ?? 'UNKNOWN';
    this.source = results[code]?.source ?? '';
    this.byteOffset = byteOffset;
  }
}

function printable(text: string, index: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(index) ?? 0));
}

function wipe(address: number, length: number): void {
  if (length <= WIPE_LIMIT) scratch.u8.fill(0, address, address + length);
}

/**
 * The bytes as lower-case hex digits (RFC 4648 section 8, in lower case).
 *
 * Throws RangeError for 2^28 bytes or more: no string could hold the digits.
 */
export function hexEncode(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length >= 0x1000_0000) throw new RangeError(`hexEncode: ${length} bytes are too many for one string`);
  const input = scratch.reserve(length * 3);
  const output = input + length;
  scratch.u8.set(bytes, input);
  const digits = core.hex_encode(input, length, output, length * 2);
  const text = scratch.u8.toString('latin1', output, output + digits);
  wipe(input, length * 3);
  return text;
}

/**
 * The bytes of hex digits of either case, in memory of their own.
 *
 * Throws HexError with the index of the first character that is no digit, or when the number of digits is odd.
 */
export function hexDecode(text: string): Uint8Array {
  const { length } = text;
  // Beyond ASCII a character would be cut down to a byte that may look like a digit.
  if (Buffer.byteLength(text) !== length) {
    throw new HexError(Result.HEX_BAD_DIGIT, text.search(/[^0-9a-fA-F]/), text);
  }
  const errorOffset = scratch.reserve(8);
  const input = scratch.take(length);
  scratch.u8.write(text, input, length, 'latin1');
  const count = core.hex_decode(input, length, input, length >> 1, errorOffset);
  const offset = scratch.u32[errorOffset >> 2];
  const bytes = new Uint8Array(Math.max(count, 0));
  bytes.set(scratch.u8.subarray(input, input + bytes.length));
  wipe(input, length);
  if (count < 0) throw new HexError(count, offset, text);
  return bytes;
}
