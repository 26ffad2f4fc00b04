import { DerHead, Result } from '../../build/abi/assembly';
import { contentOf, endOf, fail, Packed, readElement, storeView } from './element';

/** The words between a Name in a record and its common name; see the list `names` of templates.json. */
const COMMON_NAME: u32 = 2;
/** Universal numbers 12, 19, 20, 28 and 30: the choices of DirectoryString (RFC 5280 appendix A.1). */
const DIRECTORY_STRINGS: u32 = 0x50181000;

/** Notes the attribute whose value is at `p` in the record, `place` words behind the Name. `place` 0 notes nothing. */
export function noteAttribute(place: u32, p: usize, end: usize, record: DerHead): Packed {
  // A value that is missing or malformed is refused when it is read next.
  const value = readElement(p, end);
  if (place == 0 || value < 0) return 0;
  const tag = <u32>load<u8>(p);
  if (place == COMMON_NAME && (tag > 31 || ((DIRECTORY_STRINGS >> tag) & 1) == 0))
    return fail(Result.X509_COMMON_NAME_TYPE, p);
  const name: usize = record.nameField;
  if (name != 0) {
    storeView(name + (place << 2), contentOf(value), endOf(value));
    store<u32>(name + (place << 2), tag, 8);
  }
  return 0;
}
