import { DerHeadRecord, EcCurve, KeyAlgorithm } from '../../../build/abi/core.js';
import { hexText } from '../bytes/strings.js';
import { allocate, viewOf } from '../bytes/views.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import { DerError, type DerKind, formatName } from './der-error.js';

/** Of rsa, ec and ed25519 keys the shape is checked, the other algorithms are only named. */
export type PublicKeyAlgorithm = 'rsa' | 'ec' | 'ed25519' | 'x25519' | 'x448' | 'ed448' | 'unknown';
export type EllipticCurve = 'P-256' | 'P-384' | 'P-521';

const ALGORITHMS: Readonly<Record<number, PublicKeyAlgorithm>> = {
  [KeyAlgorithm.RSA]: 'rsa',
  [KeyAlgorithm.EC]: 'ec',
  [KeyAlgorithm.ED25519]: 'ed25519',
};

const CURVES: Readonly<Record<number, EllipticCurve>> = {
  [EcCurve.P256]: 'P-256',
  [EcCurve.P384]: 'P-384',
  [EcCurve.P521]: 'P-521',
};

/** Algorithms that the core does not know, by the content of their object identifier in hex (RFC 8410 3). */
const NAMED_ONLY: Readonly<Record<string, PublicKeyAlgorithm>> = {
  '2b656e': 'x25519',
  '2b656f': 'x448',
  '2b6571': 'ed448',
};

/** The name of a KeyAlgorithm, or else of the object identifier with this content. */
export function keyAlgorithmName(algorithm: number, oid: Buffer | undefined): PublicKeyAlgorithm {
  if (algorithm !== KeyAlgorithm.UNKNOWN) return ALGORITHMS[algorithm];
  return (oid && NAMED_ONLY[hexText(oid)]) ?? 'unknown';
}

/** What of a key of this kind is not checked, as a sentence; undefined when its shape is checked whole. */
export function uncheckedOfKey(algorithm: PublicKeyAlgorithm, curve: EllipticCurve | undefined): string | undefined {
  if (algorithm === 'ec')
    return curve ? undefined : 'the curve is not known here: only the form of the point is checked, not its length';
  if (algorithm === 'rsa' || algorithm === 'ed25519') return undefined;
  const key = algorithm === 'unknown' ? 'a key of an unknown algorithm' : `a key for ${algorithm}`;
  return `${key} is not looked into: neither its length nor the parameters of its algorithm are checked`;
}

/** The name of an EcCurve; undefined for an unknown one. */
export function curveName(curve: number): EllipticCurve | undefined {
  return CURVES[curve];
}

/** The first field that is kept: those before it are of no use after the call. */
const FIRST = DerHeadRecord.errorOffset;

/** A copy of a record that the core filled, and of the bytes that its addresses point to. */
export class RecordCopy {
  readonly bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #input: number;

  constructor(record: number, size: number, input: number, length: number) {
    this.#words = scratch.u32.slice((record + FIRST) >> 2, (record + size) >> 2);
    this.#input = input;
    this.bytes = allocate(length);
    this.bytes.set(viewOf(scratch.u8, input, input + length));
  }

  word(field: number): number {
    return this.#words[(field - FIRST) >> 2];
  }

  /** Seconds since 1970 as a Date. */
  date(field: number): Date {
    const seconds = this.word(field) + (this.word(field + 4) | 0) * 0x1_0000_0000;
    return new Date(seconds * 1000);
  }

  /** The bytes that a field points to, as a view; undefined when its address is 0. */
  view(field: number): Buffer | undefined {
    const address = this.word(field);
    if (address === 0) return undefined;
    const start = address - this.#input;
    return this.bytes.subarray(start, start + this.word(field + 4));
  }

  get algorithm(): PublicKeyAlgorithm {
    return keyAlgorithmName(this.word(DerHeadRecord.algorithm), this.view(DerHeadRecord.algorithmOid));
  }

  get curve(): EllipticCurve | undefined {
    return curveName(this.word(DerHeadRecord.curve));
  }
}

/** A function of the core that reads a whole structure. */
type Reader = (input: number, length: number, record: number) => number;

/** Reads the structure at `offset` of the bytes; bytes after it are ignored. @throws DerError */
export function readRecord(read: Reader, size: number, der: Uint8Array, offset: number, what: DerKind): RecordCopy {
  const record = scratch.reserve(size);
  const available = der.length - offset;
  const input = scratch.take(available);
  scratch.u8.set(offset === 0 ? der : der.subarray(offset), input);
  const length = read(input, available, record);
  if (length >= 0) return new RecordCopy(record, size, input, length);
  const at = offset + scratch.u32[(record + FIRST) >> 2];
  throw new DerError(length, at, what, formatName(core.key_identify(input, available)));
}
