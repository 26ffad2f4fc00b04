import {
  CERTIFICATE_LIST_REVOKED_CERTIFICATES,
  CERTIFICATE_LIST_REVOKED_CERTIFICATES_LENGTH,
  DER_LIMIT_DEPTH,
} from '../../build/abi/assembly';
import { TEMPLATE_REVOKED_CERTIFICATE } from '../../build/abi/der-templates';
import { contentOf, endOf, equal, lengthOf, readElement } from './element';
import { run } from './run-template';

/** ABI: see assembly/abi/der.json. */
export function crl_find(crl: usize, serialNumber: usize, serialNumberLength: u32): i32 {
  let p: usize = load<u32>(crl, CERTIFICATE_LIST_REVOKED_CERTIFICATES);
  const end = p + load<u32>(crl, CERTIFICATE_LIST_REVOKED_CERTIFICATES_LENGTH);
  while (p < end) {
    const revoked = readElement(p, end);
    // Only a record that crl_read did not fill comes here.
    if (revoked < 0) break;
    p = endOf(revoked);
    const serial = readElement(contentOf(revoked), p);
    if (lengthOf(serial) == serialNumberLength && equal(contentOf(serial), serialNumber, serialNumberLength)) {
      run(TEMPLATE_REVOKED_CERTIFICATE, contentOf(revoked), p, crl, DER_LIMIT_DEPTH);
      return 1;
    }
  }
  return 0;
}
