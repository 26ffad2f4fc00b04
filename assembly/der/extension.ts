import { DerHead, DerLimit, Result } from '../../build/abi/assembly';
import { LEFT_TO_CALLER } from '../../build/abi/der-templates';
import { contentOf, endOf, equal, fail, Packed, readElement, storeView } from './element';
import { lookUp } from './known-identifiers';

/** Starts a list of extensions with this content. The list `identifiers` has those that are known. */
export function beginExtensions(content: usize, identifiers: u32, record: DerHead): void {
  record.extensionList = content;
  record.extensionIdentifiers = identifiers;
  record.extensionCount = 0;
  // The record has no field for names in extensions.
  record.nameField = 0;
}

/** Starts the extension whose identifier is at `start`. It must be the first of its kind (RFC 5280 4.2). */
export function beginExtension(start: usize, content: usize, end: usize, record: DerHead): Packed {
  const count = record.extensionCount;
  // Each is compared with all before it, which takes linear time only because their number is bounded.
  if (count == DerLimit.EXTENSIONS) return fail(Result.X509_EXTENSIONS_TOO_MANY, start);
  record.extensionCount = count + 1;
  let earlier: usize = record.extensionList;
  while (true) {
    // All of them were read before, so their ends need no check.
    const extension = readElement(earlier, usize.MAX_VALUE);
    const identifier = contentOf(extension);
    if (identifier == start) break;
    if (equal(identifier, start, end - start)) return fail(Result.X509_EXTENSION_DUPLICATE, start);
    earlier = endOf(extension);
  }
  const identifiers: u32 = record.extensionIdentifiers;
  record.extensionTemplate = lookUp(identifiers, content, end - content);
  record.critical = 0;
  storeView(changetype<usize>(record) + offsetof<DerHead>('extensionOid'), content, end);
  return 0;
}

/**
 * The template of the extension's value, or 0 for an unknown extension. Notes a critical one that is left to the caller: unknown, or
 * with a meaning that nothing here heeds (RFC 5280 4.2, 5.2).
 */
export function extensionTemplate(record: DerHead): u32 {
  const template = record.extensionTemplate;
  if (template < LEFT_TO_CALLER && record.critical != 0) {
    const count = record.unknownCriticalCount;
    record.unknownCriticalCount = count + 1;
    if (count == 0) {
      const address = changetype<usize>(record);
      store<u64>(
        address,
        load<u64>(address, offsetof<DerHead>('extensionOid')),
        offsetof<DerHead>('unknownCriticalOid'),
      ); // with its length
    }
  }
  return template;
}
