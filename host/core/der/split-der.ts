import { DerElementRecord } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';

/**
 * Splits elements of DER that follow one another, such as a chain of certificates, by their lengths (X.690 8.1.3, 10.1).
 * Only the identifier and length octets of each are read; what is inside may still be wrong.
 *
 * @returns a view on each element, in order. When the bytes are not whole elements from end to end, they are returned as they
 * are, in one piece: the reader of that piece then finds what is wrong and where.
 * @throws RangeError for 2 GiB or more
 *
 * @example
 * ```ts
 * import { splitDer } from 'wasmqtt';
 *
 * splitDer(Buffer.from('020101020102', 'hex')).length; // => 2
 * ```
 */
export function splitDer(bytes: Uint8Array): Uint8Array[] {
  const element = scratch.reserve(DerElementRecord.SIZE);
  const input = scratch.take(bytes.length);
  scratch.u8.set(bytes, input);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = core.der_read(input + at, bytes.length - at, element);
    if (length < 0) return [bytes];
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts.length > 0 ? parts : [bytes];
}
