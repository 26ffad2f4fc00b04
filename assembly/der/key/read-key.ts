import { DerHead, KeyFormat, PrivateKey, Result } from '../../../build/abi/assembly';
import { Template } from '../../../build/abi/der-templates';
import { readRecord } from '../read-record';
import { key_identify } from './identify-key';

/** ABI: see assembly/abi/der.json. */
export function key_check_pkcs8(input: usize, length: u32, key: usize): i32 {
  const result = readRecord(Template.PRIVATE_KEY_INFO, input, length, changetype<DerHead>(key), PrivateKey.SIZE);
  return result < 0 ? result : 0;
}

/** ABI: see assembly/abi/der.json. */
export function key_read(input: usize, length: u32, keyAddress: usize): i32 {
  const key = changetype<PrivateKey>(keyAddress);
  const format = key_identify(input, length);
  let template: u32 = 0;
  if (format == KeyFormat.PKCS8) template = Template.PRIVATE_KEY_INFO;
  if (format == KeyFormat.PKCS8_ENCRYPTED) template = Template.ENCRYPTED_PRIVATE_KEY_INFO;
  if (format == KeyFormat.PKCS1) template = Template.RSA_PRIVATE_KEY;
  if (format == KeyFormat.SEC1) template = Template.EC_PRIVATE_KEY;
  const result = readRecord(template, input, length, key, PrivateKey.SIZE);
  if (result < 0) return result;
  key.errorOffset = 0;
  return template == 0 ? Result.KEY_FORMAT : format;
}
