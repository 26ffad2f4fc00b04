import { createPrivateKey, X509Certificate } from 'node:crypto';
import { reasonOf } from '../node/reason.js';

/** PEM, and what messages call it. */
export interface NamedPem {
  name: string;
  text: string;
}

/** Makes an error of what cannot be used, why, and what to do. */
export type Unusable = (what: string, reason: string, advice: string, cause?: unknown) => Error;

/**
 * Refuses a certificate and a private key that a TLS server could not use together. OpenSSL would only say so in the first handshake.
 *
 * @throws what `unusable` makes
 */
export function checkServerPair(cert: NamedPem, key: NamedPem, unusable: Unusable): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert.text);
  } catch (error) {
    throw unusable(cert.name, reasonOf(error), 'give a PEM certificate, from BEGIN to END line', error);
  }
  // Asked first: OpenSSL would ask for the pass phrase at the terminal.
  if (/^(?:-----BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED)/m.test(key.text)) {
    throw unusable(key.name, 'it is encrypted', 'decrypt it: openssl pkey -in KEY -out PLAIN');
  }
  let privateKey: ReturnType<typeof createPrivateKey>;
  try {
    privateKey = createPrivateKey(key.text);
  } catch (error) {
    throw unusable(key.name, reasonOf(error), 'give a PEM private key, from BEGIN to END line', error);
  }
  if (certificate.checkPrivateKey(privateKey)) return;
  throw unusable(key.name, `it does not belong to ${cert.name}`, 'give the PEM key that the certificate was made for');
}
