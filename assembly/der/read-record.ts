import { Certificate, CertificateList, DerHead, DerLimit, Result } from '../../build/abi/assembly';
import { Template } from '../../build/abi/der-templates';
import { finish } from './element';
import { runTemplate } from './run-template';

/** Reads by a template into a record of `size` bytes that begins with DerHead. Returns the length of what was read, or a result code. */
export function readRecord(template: u32, input: usize, length: u32, record: DerHead, size: usize): i32 {
  memory.fill(changetype<usize>(record), 0, size);
  record.version = 1;
  const end = runTemplate(template, input, input + length, record, DerLimit.DEPTH);
  return finish(end < 0 ? end : end - input, input, changetype<usize>(record) + offsetof<DerHead>('errorOffset'));
}

/** ABI: see assembly/abi/der.json. */
export function der_check(input: usize, length: u32, stack: usize, depth: u32, errorOffset: usize): i32 {
  if (depth - 1 >= <u32>DerLimit.DEPTH) return Result.INVALID_ARGUMENT;
  const end = runTemplate(Template.ANY, input, input + length, changetype<DerHead>(stack), depth);
  return end < 0 ? finish(end, input, errorOffset) : load<i32>(stack);
}

/** ABI: see assembly/abi/der.json. */
export function x509_read(input: usize, length: u32, certificate: usize): i32 {
  return readRecord(Template.CERTIFICATE, input, length, changetype<DerHead>(certificate), Certificate.SIZE);
}

/** ABI: see assembly/abi/der.json. */
export function csr_read(input: usize, length: u32, request: usize): i32 {
  return readRecord(Template.CERTIFICATION_REQUEST, input, length, changetype<DerHead>(request), Certificate.SIZE);
}

/** ABI: see assembly/abi/der.json. */
export function crl_read(input: usize, length: u32, crl: usize): i32 {
  return readRecord(Template.CERTIFICATE_LIST, input, length, changetype<DerHead>(crl), CertificateList.SIZE);
}
