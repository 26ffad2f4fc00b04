/** Methods that every Buffer of Node has and its types lack. They take any Uint8Array for `this`: `slices.latin1Slice.call(bytes, 0, 3)`. */
export interface Slices {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  ucs2Slice(this: Uint8Array, start: number, end: number): string;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  base64Slice(this: Uint8Array, start: number, end: number): string;
  hexSlice(this: Uint8Array, start: number, end: number): string;
  hexWrite(this: Uint8Array, text: string, start: number, length: number): number;
  latin1Write(this: Uint8Array, text: string, start: number, length: number): number;
  utf8Write(this: Uint8Array, text: string, start: number): number;
}

/** Characters that one call turns into a string: arguments of a call are limited. */
const AT_ONCE = 8192;
/** Up to this many bytes, a loop is faster than a decoder. */
const FEW = 24;
const PAIR = /^[0-9a-f]{2}$/i;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

// The byte order mark is text here, as it is in Node.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

function textOf(codes: Uint8Array | Uint16Array): string {
  let text = '';
  for (let at = 0; at < codes.length; at += AT_ONCE) {
    text += String.fromCharCode.apply(null, codes.subarray(at, at + AT_ONCE) as unknown as number[]);
  }
  return text;
}

/** What the methods of Buffer do, for engines without it. */
export const plainSlices: Slices = {
  latin1Slice(start, end) {
    if (end - start > FEW) return textOf(this.subarray(start, end));
    let text = '';
    for (let at = start; at < end; at++) text += String.fromCharCode(this[at]);
    return text;
  },
  ucs2Slice(start, end) {
    const bytes = this.slice(start, end);
    return textOf(new Uint16Array(bytes.buffer, 0, bytes.length >> 1));
  },
  utf8Slice(start, end) {
    return utf8.decode(this.subarray(start, end));
  },
  base64Slice(start, end) {
    return btoa(textOf(this.subarray(start, end)));
  },
  hexSlice(start, end) {
    let text = '';
    for (let at = start; at < end; at++) text += HEX[this[at]];
    return text;
  },
  hexWrite(text, start, length) {
    for (let n = 0; n < length; n++) {
      const pair = text.substring(2 * n, 2 * n + 2);
      if (!PAIR.test(pair)) return n;
      this[start + n] = Number.parseInt(pair, 16);
    }
    return length;
  },
  latin1Write(text, start, length) {
    for (let n = 0; n < length; n++) this[start + n] = text.charCodeAt(n);
    return length;
  },
  utf8Write(text, start) {
    return encoder.encodeInto(text, this.subarray(start)).written;
  },
};
