import { DerElement, Result } from '../../build/abi/assembly';
import { Span } from '../memory/span';

/**
 * What a reader returns, in one 64-bit integer so that it needs no memory. Not negative: the address of the content in bits 0 to 31
 * and its length in bits 32 to 62, or another value that the reader names. Negative: a result code in bits 32 to 63 and the address
 * of the offending byte in bits 0 to 31.
 */
export type Packed = i64;

/** Universal numbers 3, 4, 7, 12, 18 to 28 and 30: string types, times among them. They are primitive in DER. */
const STRINGS: u32 = 0x5ffc1098;
/** Universal numbers 8, 11, 16, 17, 29: EXTERNAL, EMBEDDED PDV, SEQUENCE, SET, CHARACTER STRING. They are always constructed. */
const CONSTRUCTED: u32 = 0x20030900;

export function pack(content: usize, length: usize): Packed {
  return ((<i64>length) << 32) | <i64>content;
}

export function fail(code: i32, at: usize): Packed {
  return ((<i64>code) << 32) | <i64>at;
}

export function contentOf(element: Packed): usize {
  return <usize>element;
}

export function lengthOf(element: Packed): usize {
  return <usize>(element >> 32);
}

export function endOf(element: Packed): usize {
  return contentOf(element) + lengthOf(element);
}

/** Turns a packed result into that of an exported function. The offset of a failure goes to `errorOffset` unless that is 0. */
export function finish(result: Packed, input: usize, errorOffset: usize): i32 {
  if (result >= 0) return <i32>result;
  if (errorOffset != 0) store<u32>(errorOffset, <u32>(<usize>result - input));
  return <i32>(result >> 32);
}

/** Reads one element between `p` and `end` and returns its content. The element ends where its content does. */
export function readElement(p: usize, end: usize): Packed {
  if (p >= end) return fail(Result.DER_TRUNCATED, p);
  const tag = <u32>load<u8>(p);
  // X.690 8.1.5, 10.1: two zero octets end an indefinite length. Otherwise [UNIVERSAL 0] is reserved.
  if ((tag & 0xdf) == 0) {
    const isEnd = tag == 0 && end - p > 1 && load<u8>(p, 1) == 0;
    return fail(isEnd ? Result.DER_END_OF_CONTENTS : Result.DER_TAG_ZERO, p);
  }
  const number = tag & 0x1f;
  const form = tag >> 5;
  // X.690 8.1.2.4: numbers from 31 on take further octets. Nothing that is read here has such a number.
  if (number == 0x1f) return fail(Result.DER_TAG_HIGH, p);
  // X.690 10.2, 8.2.1, 8.3.1, 8.8.1, 8.19.1: strings and the other simple types are primitive, the rest is constructed.
  if (tag < 0x40 && ((CONSTRUCTED >> number) & 1) != form)
    return fail(((STRINGS >> number) & form) != 0 ? Result.DER_STRING_CONSTRUCTED : Result.DER_FORM, p);
  if (end - p < 2) return fail(Result.DER_TRUNCATED, end);
  let length = <u32>load<u8>(p, 1);
  let content = p + 2;
  let code = 0;
  if (length > 0x7f) {
    const octets = length & 0x7f;
    // X.690 8.1.3.5: the long form. FF is reserved, and four octets reach as far as the memory does.
    if (length > 0x84) code = Result.DER_LENGTH_TOO_LARGE;
    // X.690 10.1: the definite form only.
    else if (octets == 0) code = Result.DER_LENGTH_INDEFINITE;
    else {
      if (end - content < octets) return fail(Result.DER_TRUNCATED, end);
      length = 0;
      for (let i: u32 = 0; i < octets; i++) length = (length << 8) | load<u8>(content++);
      // X.690 10.1: the fewest octets. The short form would not do, and the first octet is not zero.
      if (length < 0x80 || length >> ((octets - 1) << 3) == 0) code = Result.DER_LENGTH_NOT_MINIMAL;
    }
  }
  if (code == 0 && length > <u32>(end - content)) code = Result.DER_PAST_END;
  if (code != 0) return fail(code, p + 1);
  return pack(content, length);
}

/** Whether the element at `p` has this identifier octet. */
export function isNext(p: usize, end: usize, tag: u32): bool {
  return p < end && load<u8>(p) == tag;
}

/** Writes the span from `start` to `end` into a record. */
export function storeView(at: usize, start: usize, end: usize): void {
  changetype<Span>(at).start = start;
  changetype<Span>(at).length = <u32>(end - start);
}

/** Whether two stretches of bytes of the same length are equal. */
export function equal(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** ABI: see assembly/abi/der.json. */
export function der_read(input: usize, length: u32, elementAddress: usize): i32 {
  const element = changetype<DerElement>(elementAddress);
  const found = readElement(input, input + length);
  if (found < 0) return finish(found, input, changetype<usize>(element) + offsetof<DerElement>('errorOffset'));
  element.tag = load<u8>(input);
  element.headerLength = <u32>(contentOf(found) - input);
  element.content = contentOf(found);
  element.contentLength = <u32>lengthOf(found);
  return <i32>(endOf(found) - input);
}
