import {
  DER_HEAD_CRITICAL,
  DER_HEAD_EXTENSION_COUNT,
  DER_HEAD_EXTENSION_IDENTIFIERS,
  DER_HEAD_EXTENSION_LIST,
  DER_HEAD_EXTENSION_OID,
  DER_HEAD_EXTENSION_TEMPLATE,
  DER_HEAD_NAME_FIELD,
  DER_HEAD_UNKNOWN_CRITICAL_COUNT,
  DER_HEAD_UNKNOWN_CRITICAL_OID,
  DER_LIMIT_EXTENSIONS,
  RESULT_X509_EXTENSION_DUPLICATE,
  RESULT_X509_EXTENSIONS_TOO_MANY,
} from '../../build/abi/assembly';
import { contentOf, endOf, equal, fail, Packed, readElement, storeView } from './element';
import { lookUp } from './known-identifiers';

/** Takes up a list of extensions with this content, of which those in `identifiers` are known. */
export function beginExtensions(content: usize, identifiers: u32, record: usize): void {
  store<u32>(record, content, DER_HEAD_EXTENSION_LIST);
  store<u32>(record, identifiers, DER_HEAD_EXTENSION_IDENTIFIERS);
  store<u32>(record, 0, DER_HEAD_EXTENSION_COUNT);
  // Names in extensions have no place in the record.
  store<u32>(record, 0, DER_HEAD_NAME_FIELD);
}

/** Takes up the extension whose identifier starts at `start`: it must be the first of its kind (RFC 5280 4.2). */
export function beginExtension(start: usize, content: usize, end: usize, record: usize): Packed {
  const count = load<u32>(record, DER_HEAD_EXTENSION_COUNT);
  // Comparing each with all others is only linear in the input while their number is bounded.
  if (count == DER_LIMIT_EXTENSIONS) return fail(RESULT_X509_EXTENSIONS_TOO_MANY, start);
  store<u32>(record, count + 1, DER_HEAD_EXTENSION_COUNT);
  let earlier: usize = load<u32>(record, DER_HEAD_EXTENSION_LIST);
  while (true) {
    // All of them were read before, so that their ends are no matter.
    const extension = readElement(earlier, usize.MAX_VALUE);
    const identifier = contentOf(extension);
    if (identifier == start) break;
    if (equal(identifier, start, end - start)) return fail(RESULT_X509_EXTENSION_DUPLICATE, start);
    earlier = endOf(extension);
  }
  const identifiers: u32 = load<u32>(record, DER_HEAD_EXTENSION_IDENTIFIERS);
  store<u32>(record, lookUp(identifiers, content, end - content), DER_HEAD_EXTENSION_TEMPLATE);
  store<u32>(record, 0, DER_HEAD_CRITICAL);
  storeView(record + DER_HEAD_EXTENSION_OID, content, end);
  return 0;
}

/** The template of the extension's value; 0 for an unknown one, which is noted when it is critical (RFC 5280 4.2). */
export function extensionTemplate(record: usize): u32 {
  const template = load<u32>(record, DER_HEAD_EXTENSION_TEMPLATE);
  if (template == 0 && load<u32>(record, DER_HEAD_CRITICAL) != 0) {
    const count = load<u32>(record, DER_HEAD_UNKNOWN_CRITICAL_COUNT);
    store<u32>(record, count + 1, DER_HEAD_UNKNOWN_CRITICAL_COUNT);
    if (count == 0) {
      store<u64>(record, load<u64>(record, DER_HEAD_EXTENSION_OID), DER_HEAD_UNKNOWN_CRITICAL_OID);
    }
  }
  return template;
}
