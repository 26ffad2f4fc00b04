import {
  DER_HEAD_PARAMETERS,
  DER_LIMIT_WRAPPING,
  KEY_FORMAT_PKCS1,
  KEY_FORMAT_PKCS8,
  KEY_FORMAT_PKCS8_ENCRYPTED,
  PRIVATE_KEY_PRIVATE_VALUE,
  PRIVATE_KEY_PUBLIC_PART,
  RESULT_KEY_ENCRYPTED,
  RESULT_KEY_PARAMETERS,
  RESULT_OUT_OF_SPACE,
} from '../../build/abi/assembly';
import { IDENTIFIER_EC_PARAMETERS, IDENTIFIER_RSA_PARAMETERS } from '../../build/abi/der-templates';
import { TAG_SEQUENCE } from './element';
import { key_read } from './read-key';
import { putBefore, putHeader } from './write-backwards';

/** INTEGER 0, INTEGER 1 and NULL. */
const CONSTANTS: usize = memory.data<u8>([2, 1, 0, 2, 1, 1, 5, 0]);

/** Puts what a view of the record shows before `at`. */
function putView(at: usize, view: usize): usize {
  return putBefore(at, load<u32>(view), load<u32>(view, 4));
}

/** ECPrivateKey (RFC 5915 3) without parameters, which PKCS#8 tells outside. */
function putEcPrivateKey(at: usize, key: usize): usize {
  const end = at;
  if (load<u32>(key, PRIVATE_KEY_PUBLIC_PART) != 0)
    at = putHeader(putView(at, key + PRIVATE_KEY_PUBLIC_PART), 0xa1, end);
  const valueEnd = at;
  at = putHeader(putView(at, key + PRIVATE_KEY_PRIVATE_VALUE), 4, valueEnd);
  return putHeader(putBefore(at, CONSTANTS + 3, 3), TAG_SEQUENCE, end);
}

/** PrivateKeyInfo (RFC 5208 5) that ends at `end`; gives its address. */
function putPrivateKeyInfo(end: usize, input: usize, length: u32, key: usize, isRsa: bool): usize {
  let at = isRsa ? putBefore(end, input, length) : putEcPrivateKey(end, key);
  at = putHeader(at, 4, end);
  const algorithmEnd = at;
  at = isRsa ? putBefore(at, CONSTANTS + 6, 2) : putView(at, key + DER_HEAD_PARAMETERS);
  const identifierEnd = at;
  const identifier = isRsa ? IDENTIFIER_RSA_PARAMETERS : IDENTIFIER_EC_PARAMETERS;
  at = putHeader(putBefore(at, identifier + 2, load<u8>(identifier)), 6, identifierEnd);
  at = putHeader(at, TAG_SEQUENCE, algorithmEnd);
  return putHeader(putBefore(at, CONSTANTS, 3), TAG_SEQUENCE, end);
}

/** ABI: see assembly/abi/der.json. Written at the end of the room, and then moved to its start. */
export function key_wrap_pkcs8(input: usize, length: u32, output: usize, capacity: u32, key: usize): i32 {
  if (capacity < length + DER_LIMIT_WRAPPING) return RESULT_OUT_OF_SPACE;
  const end = output + capacity;
  let result = key_read(input, length, key);
  let at = end;
  if (result == KEY_FORMAT_PKCS8) at = putBefore(end, input, length);
  else if (result == KEY_FORMAT_PKCS8_ENCRYPTED) result = RESULT_KEY_ENCRYPTED;
  else if (result > 0) {
    const isRsa = result == KEY_FORMAT_PKCS1;
    if (isRsa || load<u32>(key, DER_HEAD_PARAMETERS) != 0) at = putPrivateKeyInfo(end, input, length, key, isRsa);
    else result = RESULT_KEY_PARAMETERS;
  }
  const used = <u32>(end - at);
  memory.copy(output, at, used);
  memory.fill(output + used, 0, capacity - used);
  return result < 0 ? result : <i32>used;
}
