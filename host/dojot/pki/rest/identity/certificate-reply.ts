import { pemOf } from '../../../../core/index.js';
import type { StoredCertificate } from '../../records/certificates.js';

/** A certificate as x509-identity-mgmt describes it. */
export function certificateFields({ fingerprint, der, dateIssued, belongsTo, tenant }: StoredCertificate) {
  return {
    fingerprint,
    pem: pemOf('CERTIFICATE', der),
    createdAt: dateIssued.toISOString(),
    issuedByDojotPki: true,
    autoRegistered: false,
    belongsTo,
    tenant,
  };
}
