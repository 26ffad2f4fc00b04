import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../engine/rules.js';

/** The certificate that a client showed and that TLS verified; undefined when it showed none, or one that was not accepted. */
export function clientCertificate(socket: TLSSocket): ClientCertificate | undefined {
  if (!socket.authorized) return undefined;
  const raw = socket.getPeerCertificate()?.raw;
  return raw && describe(new X509Certificate(raw));
}

function describe(certificate: X509Certificate): ClientCertificate {
  // One attribute a line, in the order of the certificate, escaped as RFC 2253 wants it.
  const attributes = certificate.subject?.split('\n') ?? [];
  return {
    der: new Uint8Array(certificate.raw),
    commonName: attributes.find((line) => line.startsWith('CN='))?.slice(3),
    subject: attributes.toReversed().join(','),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
    subjectAltNames: certificate.subjectAltName?.split(', ') ?? [],
  };
}
