import {
  CERTIFICATE_LIST_SIZE,
  CERTIFICATE_SIZE,
  DER_HEAD_ERROR_OFFSET,
  DER_HEAD_VERSION,
  DER_LIMIT_DEPTH,
  RESULT_INVALID_ARGUMENT,
} from '../../build/abi/assembly';
import {
  TEMPLATE_ANY,
  TEMPLATE_CERTIFICATE,
  TEMPLATE_CERTIFICATE_LIST,
  TEMPLATE_CERTIFICATION_REQUEST,
} from '../../build/abi/der-templates';
import { finish } from './element';
import { run } from './run-template';

/** Reads by a template into a record that begins with DerHead and has `size` bytes; gives the length of what was read. */
export function read(template: u32, input: usize, length: u32, record: usize, size: usize): i32 {
  memory.fill(record, 0, size);
  store<u32>(record, 1, DER_HEAD_VERSION);
  const end = run(template, input, input + length, record, DER_LIMIT_DEPTH);
  return finish(end < 0 ? end : end - input, input, record + DER_HEAD_ERROR_OFFSET);
}

/** ABI: see assembly/abi/der.json. */
export function der_check(input: usize, length: u32, stack: usize, depth: u32, errorOffset: usize): i32 {
  if (depth - 1 >= <u32>DER_LIMIT_DEPTH) return RESULT_INVALID_ARGUMENT;
  const result = finish(run(TEMPLATE_ANY, input, input + length, stack, depth), input, errorOffset);
  return result < 0 ? result : load<i32>(stack);
}

/** ABI: see assembly/abi/der.json. */
export function x509_read(input: usize, length: u32, certificate: usize): i32 {
  return read(TEMPLATE_CERTIFICATE, input, length, certificate, CERTIFICATE_SIZE);
}

/** ABI: see assembly/abi/der.json. */
export function csr_read(input: usize, length: u32, request: usize): i32 {
  return read(TEMPLATE_CERTIFICATION_REQUEST, input, length, request, CERTIFICATE_SIZE);
}

/** ABI: see assembly/abi/der.json. */
export function crl_read(input: usize, length: u32, crl: usize): i32 {
  return read(TEMPLATE_CERTIFICATE_LIST, input, length, crl, CERTIFICATE_LIST_SIZE);
}
