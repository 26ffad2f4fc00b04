import {
  KEY_ALGORITHM_EC,
  KEY_ALGORITHM_ED25519,
  KEY_ALGORITHM_RSA,
  PRIVATE_KEY_ALGORITHM,
  PRIVATE_KEY_ALGORITHM_OID,
  PRIVATE_KEY_ATTRIBUTES,
  PRIVATE_KEY_BITS,
  PRIVATE_KEY_CURVE,
  PRIVATE_KEY_ERROR_OFFSET,
  PRIVATE_KEY_PARAMETERS,
  PRIVATE_KEY_PRIVATE_KEY,
  PRIVATE_KEY_PUBLIC_KEY,
  PRIVATE_KEY_SIZE,
  PRIVATE_KEY_VERSION,
  RESULT_KEY_EC_CURVE,
  RESULT_KEY_EC_LENGTH,
  RESULT_KEY_ED25519_LENGTH,
  RESULT_KEY_PUBLIC_INVALID,
  RESULT_KEY_PUBLIC_VERSION,
  RESULT_KEY_RSA_INVALID,
  RESULT_KEY_VERSION,
} from '../../build/abi/assembly';
import { bitsOf, checkPublicKey, curveBits, readKeyAlgorithm, readOctets, readPositive } from './algorithm';
import {
  contentOf,
  endOf,
  equal,
  expect,
  expectEnd,
  expectLast,
  fail,
  finish,
  isNext,
  lengthOf,
  Packed,
  readElement,
  storeView,
  TAG_INTEGER,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './element';
import { walk } from './walk';

/** The SEQUENCE that fills p to end and begins with this one-octet version; gives the address after the version. */
function openVersioned(p: usize, end: usize, version: u32): Packed {
  const sequence = expectLast(p, end, TAG_SEQUENCE);
  if (sequence < 0) return sequence;
  const number = expect(contentOf(sequence), end, TAG_INTEGER);
  if (number < 0) return number;
  const at = contentOf(number);
  return lengthOf(number) != 1 || load<u8>(at) != version ? fail(RESULT_KEY_VERSION, at) : endOf(number);
}

/** RSAPrivateKey (RFC 8017 A.1.2) of two primes; gives the bits of the modulus. */
function checkRsa(p: usize, end: usize): Packed {
  const next = openVersioned(p, end, 0);
  if (next < 0) return next;
  p = <usize>next;
  let bits = 0;
  for (let i = 0; i < 8; i++) {
    const number = readPositive(p, end, RESULT_KEY_RSA_INVALID);
    if (number < 0) return number;
    if (i == 0) bits = bitsOf(number);
    p = endOf(number);
  }
  const wrong = expectEnd(p, end);
  return wrong < 0 ? wrong : bits;
}

/** The content of an EXPLICIT tag; the one inside is left to the caller. 0 when the tag is not there. */
function readExplicit(p: usize, end: usize, tag: u32): Packed {
  return isNext(p, end, tag) ? readElement(p, end) : 0;
}

/** ECPrivateKey (RFC 5915 3), `curve` being the parameters element outside; gives the bits of the field. */
function checkEc(p: usize, end: usize, kind: i32, curve: usize, curveLength: usize): Packed {
  const next = openVersioned(p, end, 1);
  if (next < 0) return next;
  const value = expect(<usize>next, end, TAG_OCTET_STRING);
  if (value < 0) return value;
  const bits = curveBits(kind >> 8);
  // RFC 5915 3: as long as the order of the curve.
  if (bits != 0 && lengthOf(value) != <usize>((bits + 7) >> 3)) return fail(RESULT_KEY_EC_LENGTH, contentOf(value));
  p = endOf(value);
  const parameters = readExplicit(p, end, 0xa0);
  if (parameters < 0) return parameters;
  if (parameters != 0) {
    p = contentOf(parameters);
    if (lengthOf(parameters) != curveLength || !equal(p, curve, curveLength)) return fail(RESULT_KEY_EC_CURVE, p);
    p = endOf(parameters);
  }
  const wrapper = readExplicit(p, end, 0xa1);
  if (wrapper < 0) return wrapper;
  if (wrapper != 0) {
    p = endOf(wrapper);
    const point = readOctets(contentOf(wrapper), p, RESULT_KEY_PUBLIC_INVALID);
    if (point < 0) return point;
    const wrong = checkPublicKey(kind, contentOf(point), lengthOf(point));
    if (wrong < 0) return wrong;
  }
  const wrong = expectEnd(p, end);
  return wrong < 0 ? wrong : bits;
}

/** CurvePrivateKey (RFC 8410 7): an OCTET STRING inside the OCTET STRING; gives the bits. */
function checkEd25519(p: usize, end: usize): Packed {
  const value = expectLast(p, end, TAG_OCTET_STRING);
  if (value < 0) return value;
  return lengthOf(value) != 32 ? fail(RESULT_KEY_ED25519_LENGTH, contentOf(value)) : 256;
}

/** attributes [0] IMPLICIT SET OF and publicKey [1] IMPLICIT BIT STRING (RFC 5958 2), up to the end. */
function readOptionalFields(p: usize, end: usize, kind: i32, out: usize): Packed {
  if (isNext(p, end, 0xa0)) {
    const attributes = readElement(p, end);
    p = endOf(attributes);
    storeView(out + PRIVATE_KEY_ATTRIBUTES, contentOf(attributes), p);
  }
  const hasPublicKey = isNext(p, end, 0x81);
  // RFC 5958 2: version 1 with a public key, version 0 without one.
  if (hasPublicKey != (load<u32>(out, PRIVATE_KEY_VERSION) == 1)) return fail(RESULT_KEY_PUBLIC_VERSION, p);
  if (hasPublicKey) {
    const bits = readElement(p, end);
    p = contentOf(bits);
    if (lengthOf(bits) == 0 || load<u8>(p) != 0) return fail(RESULT_KEY_PUBLIC_INVALID, p);
    const wrong = checkPublicKey(kind, p + 1, lengthOf(bits) - 1);
    if (wrong < 0) return wrong;
    storeView(out + PRIVATE_KEY_PUBLIC_KEY, p + 1, endOf(bits));
    p = endOf(bits);
  }
  return expectEnd(p, end);
}

/** PrivateKeyInfo (RFC 5208 5), also as OneAsymmetricKey (RFC 5958 2); gives 0. */
function checkPkcs8(p: usize, end: usize, out: usize): Packed {
  const walked = walk(p, end, out, <u32>(PRIVATE_KEY_SIZE >> 2));
  memory.fill(out, 0, PRIVATE_KEY_SIZE);
  if (walked < 0) return walked;
  // Version 1 says that a public key may follow; any other than these two is refused.
  let next = openVersioned(p, end, 1);
  if (next < 0) next = openVersioned(p, end, 0);
  else store<u32>(out, 1, PRIVATE_KEY_VERSION);
  if (next < 0) return next;
  const algorithm = expect(<usize>next, end, TAG_SEQUENCE);
  if (algorithm < 0) return algorithm;
  p = endOf(algorithm);
  const kind = readKeyAlgorithm(contentOf(algorithm), p);
  if (kind < 0) return kind;
  const identifier = readElement(contentOf(algorithm), p);
  storeView(out + PRIVATE_KEY_ALGORITHM_OID, contentOf(identifier), endOf(identifier));
  const parameters = endOf(identifier);
  if (parameters != p) storeView(out + PRIVATE_KEY_PARAMETERS, parameters, p);
  const key = expect(p, end, TAG_OCTET_STRING);
  if (key < 0) return key;
  storeView(out + PRIVATE_KEY_PRIVATE_KEY, contentOf(key), endOf(key));
  const wrong = readOptionalFields(endOf(key), end, <i32>kind, out);
  if (wrong < 0) return wrong;
  store<u32>(out, <u32>kind & 0xff, PRIVATE_KEY_ALGORITHM);
  store<u32>(out, <u32>kind >> 8, PRIVATE_KEY_CURVE);
  let bits: Packed = 0;
  switch (<i32>kind & 0xff) {
    case KEY_ALGORITHM_RSA:
      bits = checkRsa(contentOf(key), endOf(key));
      break;
    case KEY_ALGORITHM_EC:
      bits = checkEc(contentOf(key), endOf(key), <i32>kind, parameters, p - parameters);
      break;
    case KEY_ALGORITHM_ED25519:
      bits = checkEd25519(contentOf(key), endOf(key));
      break;
  }
  if (bits < 0) return bits;
  store<u32>(out, <u32>bits, PRIVATE_KEY_BITS);
  return 0;
}

/** ABI: see assembly/abi/der.json. The record serves the walk as its stack until it is filled. */
export function key_check_pkcs8(input: usize, length: u32, key: usize): i32 {
  return finish(checkPkcs8(input, input + length, key), input, key + PRIVATE_KEY_ERROR_OFFSET);
}
