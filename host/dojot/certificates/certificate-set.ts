import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type CertificateListInfo, pemOf, readCertificate, readCrl } from '../../core/index.js';
import { reasonOf } from '../../node/reason.js';
import { isSignedBy } from '../signature.js';
import { PkiCallError } from './service-pki.js';

/** A service's key and certificate, the CA that issued it, and the CA's revocation list. */
export interface CertificateSet {
  /** PKCS#8, PEM. */
  readonly keyPem: string;
  readonly certificate: X509Certificate;
  readonly authority: X509Certificate;
  readonly revocationList: CertificateListInfo;
}

/** The same as PEM, for TLS. */
export function pemsOf({ keyPem, certificate, authority, revocationList }: CertificateSet) {
  return {
    key: keyPem,
    cert: certificate.toString(),
    ca: authority.toString(),
    crl: pemOf('X509 CRL', revocationList.raw),
  };
}

/** @throws PkiCallError when the bytes are no certificate */
export function certificateOf(der: Uint8Array, what: string): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw new PkiCallError(`${what} that the PKI sent cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** @throws PkiCallError when a certificate is not of this CA and key */
export function checkChain({ keyPem, certificate, authority }: Omit<CertificateSet, 'revocationList'>): void {
  if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) {
    throw new PkiCallError('the certificate that the PKI sent is for another key than was asked for');
  }
  if (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)) return;
  throw new PkiCallError(`the certificate that the PKI sent is not of the CA that it names, ${nameOf(authority)}`);
}

/**
 * Reads a revocation list.
 *
 * @param former the one in force: an older one would let in who was revoked meanwhile
 * @throws PkiCallError for one that cannot be read, is older, or is not signed by the CA
 */
export function revocationListOf(
  der: Uint8Array,
  authority: X509Certificate,
  former?: CertificateListInfo,
): CertificateListInfo {
  let list: CertificateListInfo;
  try {
    list = readCrl(der);
    if (!isSignedBy(authority.publicKey, list)) throw new Error('its signature is not the CA’s');
  } catch (error) {
    const what = `the CRL that the PKI sent cannot be used with the CA ${nameOf(authority)}`;
    throw new PkiCallError(`${what}: ${reasonOf(error)}`, { cause: error });
  }
  if (former && list.issuerRaw.equals(former.issuerRaw) && list.thisUpdate < former.thisUpdate) {
    const dates = `${list.thisUpdate.toISOString()}, before ${former.thisUpdate.toISOString()}`;
    throw new PkiCallError(`the CRL that the PKI sent is older than the one in force: it is of ${dates}`);
  }
  return list;
}

/** Whether the CA revoked the service's own certificate. */
export function isRevoked({ certificate, revocationList }: CertificateSet): boolean {
  const entry = revocationList.find(readCertificate(certificate.raw));
  return entry !== undefined && !entry.removeFromCRL;
}

/** Whether a certificate ends before this time, milliseconds since 1970. */
export function endsBefore(certificate: X509Certificate, time: number): boolean {
  return Date.parse(certificate.validTo) <= time;
}

function nameOf({ subject }: X509Certificate): string {
  return JSON.stringify(subject.split('\n').join(', '));
}
