import { CertificateList, DerLimit } from '../../build/abi/assembly';
import { Template } from '../../build/abi/der-templates';
import { contentOf, endOf, equal, lengthOf, Packed, readElement } from './element';
import { runTemplate } from './run-template';

/**
 * Whether an element has these octets as its content, or a zero octet and then these: the number may leave out its sign. A Name
 * does not begin with a zero octet.
 */
function isSame(element: Packed, octets: usize, length: usize): bool {
  const content = contentOf(element);
  const more = lengthOf(element) - length;
  return more < 2 && more * load<u8>(content) == 0 && equal(content + more, octets, length);
}

/** Whether the entry that was read last belongs to certificateIssuer (RFC 5280 5.3.3). */
function isOfIssuer(crl: CertificateList): bool {
  // Address and length, as a Packed has them: the Name of the list's issuer, or GeneralNames, of which a directoryName has a Name as
  // its content.
  let found = load<Packed>(changetype<usize>(crl), offsetof<CertificateList>('entryIssuer'));
  const end = endOf(found);
  let p = contentOf(found);
  while (!isSame(found, crl.certificateIssuer, crl.certificateIssuerLength)) {
    found = readElement(p, end);
    if (found < 0) return false;
    p = endOf(found);
  }
  return true;
}

/** ABI: see assembly/abi/der.json. */
export function crl_find(crlAddress: usize, serialNumber: usize, serialNumberLength: u32): i32 {
  const crl = changetype<CertificateList>(crlAddress);
  let p: usize = crl.revokedCertificates;
  const end = p + crl.revokedCertificatesLength;
  // A zero octet is needed only as the sign of a number whose next bit is set.
  while (serialNumberLength > 1 && (load<u16>(serialNumber) & 0x80ff) == 0) {
    serialNumber++;
    serialNumberLength--;
  }
  store<u64>(
    crlAddress,
    load<u64>(crlAddress, offsetof<CertificateList>('issuer')),
    offsetof<CertificateList>('entryIssuer'),
  ); // with its length
  while (true) {
    const revoked = readElement(p, end);
    // The end of the list.
    if (revoked < 0) return 0;
    p = endOf(revoked);
    const isFound = isSame(readElement(contentOf(revoked), p), serialNumber, serialNumberLength);
    // In an indirect list the issuer of an entry may stand in an entry before it.
    if (isFound || crl.indirect != 0)
      runTemplate(Template.REVOKED_CERTIFICATE, contentOf(revoked), p, crl, DerLimit.DEPTH);
    if (isFound && isOfIssuer(crl)) return 1;
  }
}
