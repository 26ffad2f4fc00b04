import {
  RESULT_DER_ELEMENT_MISSING,
  RESULT_X509_COMMON_NAME_TYPE,
  RESULT_X509_RDN_EMPTY,
} from '../../build/abi/assembly';
import {
  contentOf,
  endOf,
  expect,
  expectEnd,
  fail,
  lengthOf,
  Packed,
  readElement,
  TAG_OBJECT_IDENTIFIER,
  TAG_SEQUENCE,
  TAG_SET,
} from './element';

/** Universal numbers 12, 19, 20, 28 and 30: the choices of DirectoryString (RFC 5280 appendix A.1). */
const DIRECTORY_STRINGS: u32 = 0x50181000;

/** id-at-commonName, 2.5.4.3 */
function isCommonName(identifier: Packed): bool {
  const p = contentOf(identifier);
  return lengthOf(identifier) == 3 && load<u16>(p) == 0x0455 && load<u8>(p, 2) == 3;
}

/** AttributeTypeAndValue: a common name goes to `out` as address, length and tag. */
function readAttribute(p: usize, end: usize, out: usize): Packed {
  const identifier = expect(p, end, TAG_OBJECT_IDENTIFIER);
  if (identifier < 0) return identifier;
  p = endOf(identifier);
  // The value may be anything, but it must be there.
  if (p == end) return fail(RESULT_DER_ELEMENT_MISSING, p);
  const value = readElement(p, end);
  if (value < 0) return value;
  if (isCommonName(identifier)) {
    const tag = <u32>load<u8>(p);
    if (tag > 31 || ((DIRECTORY_STRINGS >> tag) & 1) == 0) return fail(RESULT_X509_COMMON_NAME_TYPE, p);
    store<u32>(out, contentOf(value));
    store<u32>(out, lengthOf(value), 4);
    store<u32>(out, tag, 8);
  }
  return expectEnd(endOf(value), end);
}

/**
 * Reads the content of a Name (RFC 5280 4.1.2.4): a sequence of sets of one or more attributes. The last common name, which is
 * the most specific one, stays in `out`; it is left alone when there is none.
 */
export function readName(p: usize, end: usize, out: usize): Packed {
  while (p < end) {
    const rdn = expect(p, end, TAG_SET);
    if (rdn < 0) return rdn;
    if (lengthOf(rdn) == 0) return fail(RESULT_X509_RDN_EMPTY, p);
    p = contentOf(rdn);
    const rdnEnd = endOf(rdn);
    while (p < rdnEnd) {
      const attribute = expect(p, rdnEnd, TAG_SEQUENCE);
      if (attribute < 0) return attribute;
      p = endOf(attribute);
      const wrong = readAttribute(contentOf(attribute), p, out);
      if (wrong < 0) return wrong;
    }
  }
  return 0;
}
