import { sequenceEnd } from './der-shapes.js';

/** How a PKCS#8 key of version 2 becomes one of version 1. */
export interface VersionOne {
  der: Buffer;
  /** What replaces the first bytes. */
  head: Buffer;
  /** The part of the file that stays: algorithm and private key. */
  from: number;
  to: number;
}

/** version INTEGER 1, that is v2 (RFC 5958 2) */
const VERSION_2 = Buffer.from('020101', 'hex');

/**
 * A PKCS#8 key of version 2 (RFC 5958 2), which has the public key too, as one of version 1 (RFC 5208 5), which is all that
 * OpenSSL reads before 3.5. Only the private key is kept: the public one can be made of it.
 *
 * @returns undefined for a key of version 1, and for what is not a PKCS#8 key
 */
export function asVersionOne(der: Buffer): VersionOne | undefined {
  const end = sequenceEnd(der);
  if (end === undefined) return undefined;
  const version = der.indexOf(VERSION_2);
  if (version < 2 || version > 6) return undefined;
  const from = version + VERSION_2.length;
  const algorithm = sequenceEnd(der, from);
  if (algorithm === undefined || der[algorithm] !== 0x04) return undefined;
  // An OCTET STRING has the same octets of length as a SEQUENCE.
  const octets = Buffer.concat([Buffer.of(0x30), der.subarray(algorithm + 1)]);
  const length = sequenceEnd(octets);
  if (length === undefined) return undefined;
  const to = algorithm + length;
  const head = headOf(3 + to - from);
  return { der: Buffer.concat([head, der.subarray(from, to)]), head, from, to };
}

/** SEQUENCE with the version 0, before `length` bytes of content including the version. */
function headOf(length: number): Buffer {
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.from([0x30, ...octets, 0x02, 0x01, 0x00]);
}
