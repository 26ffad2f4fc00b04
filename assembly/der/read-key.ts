import {
  DER_HEAD_ERROR_OFFSET,
  KEY_FORMAT_PKCS1,
  KEY_FORMAT_PKCS8,
  KEY_FORMAT_PKCS8_ENCRYPTED,
  KEY_FORMAT_SEC1,
  PRIVATE_KEY_SIZE,
  RESULT_KEY_FORMAT,
} from '../../build/abi/assembly';
import {
  TEMPLATE_EC_PRIVATE_KEY,
  TEMPLATE_ENCRYPTED_PRIVATE_KEY_INFO,
  TEMPLATE_PRIVATE_KEY_INFO,
  TEMPLATE_RSA_PRIVATE_KEY,
} from '../../build/abi/der-templates';
import { key_identify } from './identify-key';
import { read } from './read-record';

/** ABI: see assembly/abi/der.json. */
export function key_check_pkcs8(input: usize, length: u32, key: usize): i32 {
  const result = read(TEMPLATE_PRIVATE_KEY_INFO, input, length, key, PRIVATE_KEY_SIZE);
  return result < 0 ? result : 0;
}

/** ABI: see assembly/abi/der.json. */
export function key_read(input: usize, length: u32, key: usize): i32 {
  const format = key_identify(input, length);
  let template: u32 = 0;
  if (format == KEY_FORMAT_PKCS8) template = TEMPLATE_PRIVATE_KEY_INFO;
  if (format == KEY_FORMAT_PKCS8_ENCRYPTED) template = TEMPLATE_ENCRYPTED_PRIVATE_KEY_INFO;
  if (format == KEY_FORMAT_PKCS1) template = TEMPLATE_RSA_PRIVATE_KEY;
  if (format == KEY_FORMAT_SEC1) template = TEMPLATE_EC_PRIVATE_KEY;
  const result = read(template, input, length, key, PRIVATE_KEY_SIZE);
  if (result < 0) return result;
  store<u32>(key, 0, DER_HEAD_ERROR_OFFSET);
  return template == 0 ? RESULT_KEY_FORMAT : format;
}
