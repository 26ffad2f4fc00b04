import { Result, results } from '../../build/abi/core.js';
import { slices } from './bytes/slices.js';
import { asciiText, hexText, writeLatin1 } from './bytes/strings.js';
import { allocate, viewOf } from './bytes/views.js';
import { core } from './engine/core.js';
import { scratch } from './engine/scratch.js';
import { describeResult } from './mqtt-error.js';

/** Up to this many bytes, a call wipes what it left in the core's memory, which may be a key; no key is larger. */
const WIPE_LIMIT = 65_536;

/** Below these sizes, Buffer alone is faster than copying into the core's memory and back. */
const SMALL_BYTES = 32;
const SMALL_TEXT = 128;

/** A text is not hex. */
export class HexError extends Error {
  /** Negative result code, see `Result`: HEX_BAD_DIGIT or HEX_ODD_LENGTH. */
  readonly code: number;
  /** Name of the result code. */
  readonly codeName: string;
  /** Source of the rule: standard and clause. */
  readonly source: string;
  /** Index of the first bad character, or of the last digit when there is an odd number of them. */
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

/** Wipes what the core left in its memory. It worked in place, so the longer of text and bytes covers everything. */
function wipe(address: number, length: number): void {
  if (length <= WIPE_LIMIT) core.memory_wipe(address, length);
}

/**
 * The bytes as hex digits (RFC 4648 section 8, in lower case).
 *
 * @throws RangeError for 2^28 bytes or more, whose digits no string can hold
 *
 * @example
 * ```ts
 * import { hexEncode } from 'wasmqtt';
 *
 * hexEncode(new Uint8Array([0, 171, 255])); // => '00abff'
 * ```
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
 * @throws HexError with the index of the first character that is not a digit, or for an odd number of digits
 *
 * @example
 * ```ts
 * import { HexError, hexDecode } from 'wasmqtt';
 *
 * hexDecode('00ABff')[1]; // => 171
 * try {
 *   hexDecode('0x');
 * } catch (error) {
 *   if (!(error instanceof HexError)) throw error;
 *   [error.codeName, error.byteOffset]; // => [ 'HEX_BAD_DIGIT', 1 ]
 * }
 * ```
 */
export function hexDecode(text: string): Uint8Array {
  const { length } = text;
  // A character beyond Latin-1 would be cut down to a byte that may look like a digit. Only then is its index searched for.
  if (/[^\0-\xff]/.test(text)) throw new HexError(Result.HEX_BAD_DIGIT, text.search(/[^0-9a-fA-F]/), text);
  if (length < SMALL_TEXT) {
    const bytes = allocate(length >> 1);
    // It stops at the first pair that is not hex; the core then finds the place.
    if (length % 2 === 0 && slices.hexWrite.call(bytes, text, 0, length >> 1) === length >> 1) return bytes;
  }
  const errorOffset = scratch.reserve(8);
  const input = scratch.take(length);
  writeLatin1(scratch.u8, text, input);
  const count = core.hex_decode(input, length, input, length >> 1, errorOffset);
  const bytes = allocate(Math.max(count, 0));
  bytes.set(viewOf(scratch.u8, input, input + bytes.length));
  wipe(input, length);
  if (count < 0) throw new HexError(count, scratch.u32[errorOffset >> 2], text);
  return bytes;
}
