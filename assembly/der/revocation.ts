import { CertificateList, DerLimit } from '../../build/abi/assembly';
import { Template } from '../../build/abi/der-templates';
import { contentOf, endOf, equal, lengthOf, readElement } from './element';
import { runTemplate } from './run-template';

/** ABI: see assembly/abi/der.json. */
export function crl_find(crlAddress: usize, serialNumber: usize, serialNumberLength: u32): i32 {
  const crl = changetype<CertificateList>(crlAddress);
  let p: usize = crl.revokedCertificates;
  const end = p + crl.revokedCertificatesLength;
  while (p < end) {
    const revoked = readElement(p, end);
    // Never in a record that crl_read filled.
    if (revoked < 0) break;
    p = endOf(revoked);
    const serial = readElement(contentOf(revoked), p);
    if (lengthOf(serial) == serialNumberLength && equal(contentOf(serial), serialNumber, serialNumberLength)) {
      runTemplate(Template.REVOKED_CERTIFICATE, contentOf(revoked), p, crl, DerLimit.DEPTH);
      return 1;
    }
  }
  return 0;
}
