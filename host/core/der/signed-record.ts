import { DerHeadRecord, EcCurve, KeyAlgorithm } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import { DerError, type DerKind, formatName } from './der-error.js';

export type PublicKeyAlgorithm = 'rsa' | 'ec' | 'ed25519' | 'unknown';
export type EllipticCurve = 'P-256' | 'P-384' | 'P-521';

const ALGORITHMS: Readonly<Record<number, PublicKeyAlgorithm>> = {
  [KeyAlgorithm.UNKNOWN]: 'unknown',
  [KeyAlgorithm.RSA]: 'rsa',
  [KeyAlgorithm.EC]: 'ec',
  [KeyAlgorithm.ED25519]: 'ed25519',
};

const CURVES: Readonly<Record<number, EllipticCurve>> = {
  [EcCurve.P256]: 'P-256',
  [EcCurve.P384]: 'P-384',
  [EcCurve.P521]: 'P-521',
};

/** The name of a KeyAlgorithm. */
export function keyAlgorithmName(algorithm: number): PublicKeyAlgorithm {
  return ALGORITHMS[algorithm];
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
    this.bytes = Buffer.allocUnsafe(length);
    scratch.u8.copy(this.bytes, 0, input, input + length);
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
    return keyAlgorithmName(this.word(DerHeadRecord.algorithm));
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
