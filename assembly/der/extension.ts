import {
  DER_LIMIT_EXTENSIONS,
  RESULT_X509_CRITICAL_DEFAULT,
  RESULT_X509_EXTENSION_DUPLICATE,
  RESULT_X509_EXTENSIONS_EMPTY,
  RESULT_X509_EXTENSIONS_TOO_MANY,
} from '../../build/abi/assembly';
import {
  contentOf,
  endOf,
  equal,
  expect,
  expectLast,
  fail,
  isNext,
  Packed,
  readElement,
  TAG_BOOLEAN,
  TAG_OBJECT_IDENTIFIER,
  TAG_OCTET_STRING,
  TAG_SEQUENCE,
} from './element';

/** Content of an Extension: extnID, critical DEFAULT FALSE, extnValue. */
function readExtension(p: usize, end: usize): Packed {
  const identifier = expect(p, end, TAG_OBJECT_IDENTIFIER);
  if (identifier < 0) return identifier;
  p = endOf(identifier);
  if (isNext(p, end, TAG_BOOLEAN)) {
    const critical = readElement(p, end);
    // X.690 11.5: a value that is the default is left out. That it is 00 or FF was checked before.
    if (load<u8>(contentOf(critical)) == 0) return fail(RESULT_X509_CRITICAL_DEFAULT, p);
    p = endOf(critical);
  }
  return expectLast(p, end, TAG_OCTET_STRING);
}

/** Whether an extension between `from` and `to` has the identifier that the one with the content `p` has. */
function isRepeated(from: usize, to: usize, p: usize, end: usize): bool {
  const length = endOf(readElement(p, end)) - p;
  while (from < to) {
    const earlier = readElement(from, to);
    if (equal(contentOf(earlier), p, length)) return true;
    from = endOf(earlier);
  }
  return false;
}

/** Reads the content of Extensions (RFC 5280 4.1.2.9, 4.2), which was walked before; gives their count. */
export function readExtensions(p: usize, end: usize): Packed {
  if (p == end) return fail(RESULT_X509_EXTENSIONS_EMPTY, p);
  const start = p;
  let count = 0;
  while (p < end) {
    // Comparing each with all others is only linear in the input while their number is bounded.
    if (++count > DER_LIMIT_EXTENSIONS) return fail(RESULT_X509_EXTENSIONS_TOO_MANY, p);
    const extension = expect(p, end, TAG_SEQUENCE);
    if (extension < 0) return extension;
    const wrong = readExtension(contentOf(extension), endOf(extension));
    if (wrong < 0) return wrong;
    // RFC 5280 4.2: not more than one of each.
    if (isRepeated(start, p, contentOf(extension), end)) return fail(RESULT_X509_EXTENSION_DUPLICATE, p);
    p = endOf(extension);
  }
  return count;
}
