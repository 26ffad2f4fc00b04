import {
  EC_CURVE_P256,
  EC_CURVE_P384,
  EC_CURVE_P521,
  EC_CURVE_UNKNOWN,
  KEY_ALGORITHM_EC,
  KEY_ALGORITHM_ED25519,
  KEY_ALGORITHM_RSA,
  KEY_ALGORITHM_UNKNOWN,
  RESULT_KEY_PARAMETERS,
  RESULT_KEY_PUBLIC_INVALID,
} from '../../build/abi/assembly';
import {
  contentOf,
  endOf,
  expect,
  expectEnd,
  expectLast,
  fail,
  isNext,
  lengthOf,
  Packed,
  pack,
  readElement,
  TAG_BIT_STRING,
  TAG_INTEGER,
  TAG_NULL,
  TAG_OBJECT_IDENTIFIER,
  TAG_SEQUENCE,
} from './element';
import { checkInteger } from './value';

/** KeyAlgorithm of the content of an OBJECT IDENTIFIER (RFC 3279 2.3.1, RFC 5480 2.1.1, RFC 8410 3). */
function keyAlgorithm(p: usize, length: usize): i32 {
  // 1.2.840.113549.1.1.1
  if (length == 9 && load<u64>(p) == 0x01010df78648862a && load<u8>(p, 8) == 1) return KEY_ALGORITHM_RSA;
  // 1.2.840.10045.2.1
  if (length == 7 && load<u32>(p) == 0xce48862a && load<u32>(p, 3) == 0x01023dce) return KEY_ALGORITHM_EC;
  // 1.3.101.112
  if (length == 3 && load<u16>(p) == 0x652b && load<u8>(p, 2) == 0x70) return KEY_ALGORITHM_ED25519;
  return KEY_ALGORITHM_UNKNOWN;
}

/** EcCurve of the content of an OBJECT IDENTIFIER (RFC 5480 2.1.1.1). */
function curve(p: usize, length: usize): i32 {
  // 1.2.840.10045.3.1.7
  if (length == 8 && load<u64>(p) == 0x0701033dce48862a) return EC_CURVE_P256;
  // 1.3.132.0.34 and .35
  if (length == 5 && load<u32>(p) == 0x0004812b) {
    const arc = load<u8>(p, 4);
    if (arc == 34) return EC_CURVE_P384;
    if (arc == 35) return EC_CURVE_P521;
  }
  return EC_CURVE_UNKNOWN;
}

/** Bits of the field of a curve, 0 when unknown. */
export function curveBits(curve: i32): i32 {
  if (curve == EC_CURVE_P256) return 256;
  if (curve == EC_CURVE_P384) return 384;
  return curve == EC_CURVE_P521 ? 521 : 0;
}

/** Reads the content of an AlgorithmIdentifier (RFC 5280 4.1.1.2): an identifier and at most one element of parameters; gives the identifier's content. */
export function readAlgorithm(p: usize, end: usize): Packed {
  const identifier = expect(p, end, TAG_OBJECT_IDENTIFIER);
  if (identifier < 0) return identifier;
  p = endOf(identifier);
  if (p < end) {
    const parameters = readElement(p, end);
    if (parameters < 0) return parameters;
    p = endOf(parameters);
  }
  const wrong = expectEnd(p, end);
  return wrong < 0 ? wrong : identifier;
}

/** Reads the content of the AlgorithmIdentifier of a key; gives KeyAlgorithm | EcCurve << 8. */
export function readKeyAlgorithm(p: usize, end: usize): Packed {
  const identifier = readAlgorithm(p, end);
  if (identifier < 0) return identifier;
  const algorithm = keyAlgorithm(contentOf(identifier), lengthOf(identifier));
  const parameters = endOf(identifier);
  // RFC 3279 2.3.1: NULL.
  if (algorithm == KEY_ALGORITHM_RSA && !isNext(parameters, end, TAG_NULL))
    return fail(RESULT_KEY_PARAMETERS, parameters);
  // RFC 8410 3: absent.
  if (algorithm == KEY_ALGORITHM_ED25519 && parameters != end) return fail(RESULT_KEY_PARAMETERS, parameters);
  if (algorithm != KEY_ALGORITHM_EC) return algorithm;
  // RFC 5480 2.1.1: a named curve; the other two choices must not be used.
  if (!isNext(parameters, end, TAG_OBJECT_IDENTIFIER)) return fail(RESULT_KEY_PARAMETERS, parameters);
  const name = readElement(parameters, end);
  return algorithm | (curve(contentOf(name), lengthOf(name)) << 8);
}

/** Reads a BIT STRING of whole octets, the last element before `end`; gives those octets. `code` says what is wrong otherwise. */
export function readOctets(p: usize, end: usize, code: i32): Packed {
  const bits = expectLast(p, end, TAG_BIT_STRING);
  if (bits < 0) return bits;
  const content = contentOf(bits);
  if (lengthOf(bits) == 0 || load<u8>(content) != 0) return fail(code, content);
  return pack(content + 1, lengthOf(bits) - 1);
}

/** Reads an INTEGER that must be greater than zero; gives its content. */
export function readPositive(p: usize, end: usize, code: i32): Packed {
  const integer = expect(p, end, TAG_INTEGER);
  if (integer < 0) return integer;
  const content = contentOf(integer);
  const wrong = checkInteger(content, lengthOf(integer));
  if (wrong < 0) return wrong;
  const first = load<u8>(content);
  if (first > 0x7f || (first == 0 && lengthOf(integer) == 1)) return fail(code, content);
  return integer;
}

/** Bits of a positive INTEGER that is minimal. */
export function bitsOf(integer: Packed): i32 {
  const first = <u32>load<u8>(contentOf(integer));
  // A leading zero octet is a sign; the one after it then has its top bit set.
  return <i32>(lengthOf(integer) << 3) - (first == 0 ? 8 : clz(first) - 24);
}

/** RSAPublicKey (RFC 8017 A.1.1); gives the bits of the modulus. */
function checkRsa(p: usize, end: usize): Packed {
  const key = expectLast(p, end, TAG_SEQUENCE);
  if (key < 0) return key;
  const modulus = readPositive(contentOf(key), end, RESULT_KEY_PUBLIC_INVALID);
  if (modulus < 0) return modulus;
  const exponent = readPositive(endOf(modulus), end, RESULT_KEY_PUBLIC_INVALID);
  if (exponent < 0) return exponent;
  const wrong = expectEnd(endOf(exponent), end);
  return wrong < 0 ? wrong : bitsOf(modulus);
}

/** ECPoint (RFC 5480 2.2): 04 x y, or 02 or 03 and x; gives the bits of the field. */
function checkPoint(p: usize, length: usize, curve: i32): Packed {
  const bits = curveBits(curve);
  const size = <usize>((bits + 7) >> 3);
  const form = length == 0 ? 0 : <u32>load<u8>(p);
  const expected = form == 4 ? size * 2 + 1 : form >> 1 == 1 ? size + 1 : 0;
  return expected == 0 || (size != 0 && length != expected) ? fail(RESULT_KEY_PUBLIC_INVALID, p) : bits;
}

/** Checks the octets of a public key of KeyAlgorithm | EcCurve << 8; gives its bits, 0 when unknown. */
export function checkPublicKey(kind: i32, p: usize, length: usize): Packed {
  const algorithm = kind & 0xff;
  if (algorithm == KEY_ALGORITHM_RSA) return checkRsa(p, p + length);
  if (algorithm == KEY_ALGORITHM_EC) return checkPoint(p, length, kind >> 8);
  if (algorithm != KEY_ALGORITHM_ED25519) return 0;
  // RFC 8410 4, RFC 8032 5.1.5
  return length != 32 ? fail(RESULT_KEY_PUBLIC_INVALID, p) : 256;
}
