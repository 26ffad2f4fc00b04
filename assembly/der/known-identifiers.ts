import { IDENTIFIERS } from '../../build/abi/der-templates';
import { equal } from './element';

/** The value that a list of identifiers has for the content of an OBJECT IDENTIFIER, or 0. */
export function lookUp(list: u32, p: usize, length: usize): u32 {
  let entry = IDENTIFIERS + list;
  while (true) {
    const size = <usize>load<u8>(entry);
    if (size == 0) return 0;
    if (size == length && equal(entry + 2, p, size)) return load<u8>(entry, 1);
    entry += size + 2;
  }
}
