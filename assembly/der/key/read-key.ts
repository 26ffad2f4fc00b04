import { DerHead, KeyFormat, PrivateKey, Result } from '../../../build/abi/assembly';
import { Template } from '../../../build/abi/der-templates';
import { readRecord } from '../read-record';
import { key_identify } from './identify-key';

/** Bits of a template in TEMPLATES. */
const BITS: i32 = 12;
const MASK: u32 = (1 << BITS) - 1;

/** ABI: see assembly/abi/der.json. */
export function key_check_pkcs8(input: usize, length: u32, key: usize): i32 {
  const result = readRecord(Template.PRIVATE_KEY_INFO, input, length, changetype<DerHead>(key), PrivateKey.SIZE);
  return result < 0 ? result : 0;
}

/** The templates of the formats up to SEC1, the last of those that hold a key; none of UNKNOWN. */
const TEMPLATES: u64 =
  ((<u64>Template.PRIVATE_KEY_INFO) << (KeyFormat.PKCS8 * BITS)) |
  ((<u64>Template.ENCRYPTED_PRIVATE_KEY_INFO) << (KeyFormat.PKCS8_ENCRYPTED * BITS)) |
  ((<u64>Template.RSA_PRIVATE_KEY) << (KeyFormat.PKCS1 * BITS)) |
  ((<u64>Template.EC_PRIVATE_KEY) << (KeyFormat.SEC1 * BITS));

/** ABI: see assembly/abi/der.json. */
export function key_read(input: usize, length: u32, keyAddress: usize): i32 {
  const key = changetype<PrivateKey>(keyAddress);
  const format = key_identify(input, length);
  const template: u32 = format > KeyFormat.SEC1 ? 0 : <u32>(TEMPLATES >> (format * BITS)) & MASK;
  const result = readRecord(template, input, length, key, PrivateKey.SIZE);
  if (result < 0) return result;
  key.errorOffset = 0;
  return template == 0 ? Result.KEY_FORMAT : format;
}
