import { Result, results } from '../../build/abi/core.js';
import { asciiText, hexText, writeLatin1 } from './bytes/strings.js';
import { viewOf } from './bytes/views.js';
import { core } from './engine/core.js';
import { scratch } from './engine/scratch.js';
import { describeResult } from './mqtt-error.js';

/** Up to this many bytes a call wipes what it left in the core's memory, since it may have been a key; no key is larger. */
const WIPE_LIMIT = 65_536;

/** Below these Buffer alone is faster than the way into the core's memory and back. */
const SMALL_BYTES = 32;
const SMALL_TEXT = 128;

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

/** What the core left in its memory: in place, so that the longer of text and bytes is all of it. */
function wipe(address: number, length: number): void {
  if (length <= WIPE_LIMIT) core.memory_wipe(address, length);
}

/**
 * The bytes as lower-case hex digits (RFC 4648 section 8, in lower case).
 *
 * Throws RangeError for 2^28 bytes or more: no string could hold the digits.
 */
export function hexEncode(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length >= 0x1000_0000) throw new RangeError(`hexEncode: ${length} bytes are too many for one string`);
  if (length < SMALL_BYTES) return hexText(bytes);
  const address = scratch.reserve(length * 2);
  scratch.u8.set(bytes, address);
  const digits = core.hex_encode(address, length, address, length * 2);
  const text = asciiText(scratch.u8, address, address + digits);
  wipe(address, digits);
  return text;
}

/**
 * The bytes of hex digits of either case, in memory of their own.
 *
 * Throws HexError with the index of the first character that is no digit, or when the number of digits is odd.
 */
export function hexDecode(text: string): Uint8Array {
  const { length } = text;
  // Beyond Latin-1 a character would be cut down to a byte that may look like a digit. Most strings need no search for this.
  if (/[^\0-\xff]/.test(text)) throw new HexError(Result.HEX_BAD_DIGIT, text.search(/[^0-9a-fA-F]/), text);
  if (length < SMALL_TEXT) {
    const bytes = Buffer.allocUnsafe(length >> 1);
    // Buffer stops at the first pair that is none; the core then tells where.
    if (length % 2 === 0 && bytes.write(text, 'hex') === length >> 1) return bytes;
  }
  const errorOffset = scratch.reserve(8);
  const input = scratch.take(length);
  writeLatin1(scratch.u8, text, input);
  const count = core.hex_decode(input, length, input, length >> 1, errorOffset);
  const bytes = Buffer.allocUnsafe(Math.max(count, 0));
  bytes.set(viewOf(scratch.u8, input, input + bytes.length));
  wipe(input, length);
  if (count < 0) throw new HexError(count, scratch.u32[errorOffset >> 2], text);
  return bytes;
}
