import { DerLimit, PrivateKeyRecord as R } from '../../../build/abi/core.js';
import { core } from '../engine/core.js';
import { scratch } from '../engine/scratch.js';
import { DerError, type DerKind, formatName, type KeyFormatName } from './der-error.js';
import {
  curveName,
  type EllipticCurve,
  keyAlgorithmName,
  type PublicKeyAlgorithm,
  uncheckedOfKey,
} from './signed-record.js';

/** The facts of a private key. */
export interface PrivateKeyInfo {
  algorithm: PublicKeyAlgorithm;
  /** RSA: bits of the modulus; EC: bits of the field; Ed25519: 256; 0 for other algorithms and curves. */
  bits: number;
  curve: EllipticCurve | undefined;
  /** What of the key is not checked, as a sentence; not there when its shape is checked whole. */
  unchecked?: string;
}

/**
 * Calls `use` with the bytes in the core's memory, a record and `room` further bytes. All of that is wiped afterwards, since
 * the bytes may be a secret.
 */
function withSecret<T>(bytes: Uint8Array, room: number, use: (input: number, record: number, output: number) => T): T {
  const record = scratch.reserve(R.SIZE);
  const input = scratch.take(bytes.length);
  const output = scratch.take(room);
  scratch.u8.set(bytes, input);
  try {
    return use(input, record, output);
  } finally {
    core.memory_wipe(record, output + room - record);
  }
}

function refuse(code: number, record: number, input: number, length: number, what: DerKind): never {
  const at = scratch.u32[(record + R.errorOffset) >> 2];
  throw new DerError(code, at, what, formatName(core.key_identify(input, length)));
}

function infoOf(record: number): PrivateKeyInfo {
  const word = (offset: number) => scratch.u32[(record + offset) >> 2];
  const oid = word(R.algorithmOid);
  const content = scratch.u8.subarray(oid, oid + word(R.algorithmOidLength));
  const algorithm = keyAlgorithmName(word(R.algorithm), content);
  const curve = curveName(word(R.curve));
  const unchecked = uncheckedOfKey(algorithm, curve);
  return { algorithm, bits: word(R.bits), curve, ...(unchecked && { unchecked }) };
}

/**
 * Names the format of a key, certificate, request or CRL, judging by its shape alone. @throws RangeError for 2 GiB or more
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { identifyKey, type KeyFormatName } from 'wasmqtt';
 *
 * const format: KeyFormatName = identifyKey(readFileSync('device.key'));
 * format; // => 'pem'
 * ```
 */
export function identifyKey(bytes: Uint8Array): KeyFormatName {
  return withSecret(bytes, 0, (input) => formatName(core.key_identify(input, bytes.length)));
}

/**
 * Checks that the bytes are exactly one unencrypted PKCS#8 private key (RFC 5208, RFC 5958), with the inner structure that its
 * algorithm requires (RFC 8017, RFC 5915, RFC 8410). Whether its numbers make a working key is not checked.
 *
 * @throws DerError with the result code, its clause, the offset and advice; the message contains nothing of the key
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { checkPkcs8 } from 'wasmqtt';
 *
 * const der = Buffer.from(readFileSync('device.key', 'latin1').replace(/-----.*-----/g, ''), 'base64');
 * checkPkcs8(der).algorithm; // => 'ec'
 * ```
 */
export function checkPkcs8(bytes: Uint8Array): PrivateKeyInfo {
  return withSecret(bytes, 0, (input, record) => {
    const code = core.key_check_pkcs8(input, bytes.length, record);
    if (code < 0) refuse(code, record, input, bytes.length, 'PKCS#8 key');
    return infoOf(record);
  });
}

/**
 * Checks that the bytes are exactly one private key, in PKCS#8, PKCS#1 (RFC 8017), SEC1 (RFC 5915) or encrypted PKCS#8, of
 * which only the shape can be checked.
 *
 * @throws DerError
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { type EllipticCurve, type PrivateKeyInfo, type PublicKeyAlgorithm, readPrivateKey } from 'wasmqtt';
 *
 * const der = Buffer.from(readFileSync('device.key', 'latin1').replace(/-----.*-----/g, ''), 'base64');
 * const info: PrivateKeyInfo = readPrivateKey(der);
 * const algorithm: PublicKeyAlgorithm = info.algorithm;
 * const curve: EllipticCurve | undefined = info.curve;
 * [algorithm, curve]; // => [ 'ec', 'P-256' ]
 * ```
 */
export function readPrivateKey(bytes: Uint8Array): PrivateKeyInfo & { format: KeyFormatName } {
  return withSecret(bytes, 0, (input, record) => {
    const format = core.key_read(input, bytes.length, record);
    if (format < 0) refuse(format, record, input, bytes.length, 'private key');
    return { format: formatName(format), ...infoOf(record) };
  });
}

/**
 * The key as PKCS#8: a PKCS#1 or SEC1 key is wrapped (RFC 5208 5), byte for byte as by openssl pkcs8 -topk8 -nocrypt; a PKCS#8
 * key is copied. The caller has to wipe the returned bytes.
 *
 * @throws DerError, also for an encrypted key
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { readPrivateKey, wrapPkcs8 } from 'wasmqtt';
 *
 * const der = Buffer.from(readFileSync('device.key', 'latin1').replace(/-----.*-----/g, ''), 'base64');
 * const pkcs8 = wrapPkcs8(der);
 * readPrivateKey(pkcs8).format; // => 'pkcs8'
 * pkcs8.fill(0);
 * ```
 */
export function wrapPkcs8(bytes: Uint8Array): Uint8Array {
  const room = bytes.length + DerLimit.WRAPPING;
  return withSecret(bytes, room, (input, record, output) => {
    const length = core.key_wrap_pkcs8(input, bytes.length, output, room, record);
    if (length < 0) refuse(length, record, input, bytes.length, 'private key');
    return new Uint8Array(scratch.u8.subarray(output, output + length));
  });
}
