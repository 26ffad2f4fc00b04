import { DerLimit, KeyFormat, PrivateKey, Result } from '../../../build/abi/assembly';
import { Identifier, Tag } from '../../../build/abi/der-templates';
import { meet, Span, spanAt } from '../../memory/span';
import { key_read } from './read-key';
import { putBefore, putHeader } from './write-backwards';

/** [1], around the public key of an ECPrivateKey (RFC 5915 3). */
const PUBLIC_KEY: u32 = 0xa1;

/** INTEGER 0, INTEGER 1 and NULL. */
const CONSTANTS: usize = memory.data<u8>([2, 1, 0, 2, 1, 1, 5, 0]);

/** Puts the bytes of a span before `at`. */
function putSpan(at: usize, span: Span): usize {
  return putBefore(at, span.start, span.length);
}

/** ECPrivateKey (RFC 5915 3) without parameters, which PKCS#8 has outside of it. */
function putEcPrivateKey(at: usize, key: PrivateKey): usize {
  const end = at;
  if (key.publicPart != 0)
    at = putHeader(putSpan(at, spanAt(changetype<usize>(key), offsetof<PrivateKey>('publicPart'))), PUBLIC_KEY, end);
  const valueEnd = at;
  at = putHeader(
    putSpan(at, spanAt(changetype<usize>(key), offsetof<PrivateKey>('privateValue'))),
    Tag.OCTET_STRING,
    valueEnd,
  );
  return putHeader(putBefore(at, CONSTANTS + 3, 3), Tag.SEQUENCE, end);
}

/** PrivateKeyInfo (RFC 5208 5) that ends at `end`. Returns its address. */
function putPrivateKeyInfo(end: usize, input: usize, length: u32, key: PrivateKey, isRsa: bool): usize {
  let at = isRsa ? putBefore(end, input, length) : putEcPrivateKey(end, key);
  at = putHeader(at, Tag.OCTET_STRING, end);
  const algorithmEnd = at;
  at = isRsa
    ? putBefore(at, CONSTANTS + 6, 2)
    : putSpan(at, spanAt(changetype<usize>(key), offsetof<PrivateKey>('parameters')));
  const identifierEnd = at;
  const identifier = isRsa ? Identifier.RSA_PARAMETERS : Identifier.EC_PARAMETERS;
  at = putHeader(putBefore(at, identifier + 2, load<u8>(identifier)), Tag.OBJECT_IDENTIFIER, identifierEnd);
  at = putHeader(at, Tag.SEQUENCE, algorithmEnd);
  return putHeader(putBefore(at, CONSTANTS, 3), Tag.SEQUENCE, end);
}

/** ABI: see assembly/abi/der.json. The key is written to the end of the output, and then moved to its start. */
export function key_wrap_pkcs8(input: usize, length: u32, output: usize, capacity: u32, keyAddress: usize): i32 {
  const key = changetype<PrivateKey>(keyAddress);
  if (capacity < length + DerLimit.WRAPPING) return Result.OUT_OF_SPACE;
  if (meet(input, length, output, capacity)) return Result.INVALID_ARGUMENT;
  const end = output + capacity;
  let result = key_read(input, length, keyAddress);
  let at = end;
  if (result == KeyFormat.PKCS8) at = putBefore(end, input, length);
  else if (result == KeyFormat.PKCS8_ENCRYPTED) result = Result.KEY_ENCRYPTED;
  else if (result > 0) {
    const isRsa = result == KeyFormat.PKCS1;
    if (isRsa || key.parameters != 0) at = putPrivateKeyInfo(end, input, length, key, isRsa);
    else result = Result.KEY_PARAMETERS;
  }
  const used = <u32>(end - at);
  memory.copy(output, at, used);
  memory.fill(output + used, 0, capacity - used);
  return result < 0 ? result : <i32>used;
}
