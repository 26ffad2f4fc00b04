import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import {
  type CertificateInfo,
  type GeneralName,
  nameAttributes,
  nameText,
  readCertificate,
} from '../../../core/index.js';
import type { ClientCertificate } from '../../engine/rules.js';

/** commonName (RFC 5280 appendix A.1). */
const COMMON_NAME = '2.5.4.3';

/** The words that OpenSSL puts before the names of subjectAltName. */
const KINDS: Readonly<Record<GeneralName['type'], string>> = {
  dns: 'DNS',
  uri: 'URI',
  email: 'email',
  ip: 'IP Address',
};

/**
 * The certificate that a client showed; undefined when it showed none, or one that is not accepted.
 *
 * @param isAccepted default: when OpenSSL has verified it
 * @throws DerError for one that is not strict DER
 */
export function clientCertificate(socket: TLSSocket, isAccepted = socket.authorized): ClientCertificate | undefined {
  if (!isAccepted) return undefined;
  const raw = socket.getPeerX509Certificate()?.raw;
  return raw && describeCertificate(readCertificate(raw));
}

/** What rules see of a certificate. */
export function describeCertificate(certificate: CertificateInfo): ClientCertificate {
  const { raw, subjectRaw, serialNumber, subjectAltName } = certificate;
  return {
    der: new Uint8Array(raw),
    commonName: nameAttributes(subjectRaw).find(({ type }) => type === COMMON_NAME)?.text,
    subject: nameText(subjectRaw),
    fingerprint: createHash('sha256').update(raw).digest('hex'),
    serialNumber: serialNumber.toLowerCase().replace(/^(-?)0+(?=.)/, '$1'),
    subjectAltNames: subjectAltName.map(({ type, value }) => `${KINDS[type]}:${value}`),
  };
}
