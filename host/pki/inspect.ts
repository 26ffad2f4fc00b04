import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { reasonOf } from '../node/reason.js';
import { PkiError } from './pki-error.js';

/** CAs of this PKI are named this, followed by eight hex digits of their key's digest. */
export const CA_NAME = 'wasmqtt development CA';

/** Reads a key file. @throws PkiError `damaged` */
export function parseKey(pem: string, keyFile: string, certificateFile: string): KeyObject {
  const advice = `delete it and ${certificateFile}, then both are made again`;
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new PkiError('damaged', `${keyFile} is not a PEM private key (${reasonOf(error)}); ${advice}`, keyFile);
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new PkiError('foreign', `${keyFile} is not an EC key on P-256, so it was not made here; ${advice}`, keyFile);
  }
  return key;
}

/**
 * Reads a certificate file that was made here for this key.
 *
 * @throws PkiError `damaged`, `foreign` or `key-mismatch`
 */
export function parseCertificate(pem: string, file: string, key: KeyObject, keyFile: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    const advice = 'delete it, then it is issued again';
    throw new PkiError('damaged', `${file} is not a PEM certificate (${reasonOf(error)}); ${advice}`, file);
  }
  if (!commonName(certificate.issuer).startsWith(`${CA_NAME} `)) {
    const advice = 'move it away, or use another folder for certificates of your own';
    throw new PkiError('foreign', `${file} was not issued by a development CA of wasmqtt; ${advice}`, file);
  }
  if (!certificate.checkPrivateKey(key)) {
    const advice = `delete ${file}, then it is issued again for that key`;
    throw new PkiError(
      'key-mismatch',
      `the key in ${keyFile} does not belong to the certificate in ${file}; ${advice}`,
      file,
    );
  }
  return certificate;
}

/** Whether a certificate is valid at `now` and for at least `margin` after it; both in milliseconds. */
export function isCurrent(certificate: X509Certificate, now: number, margin: number): boolean {
  return notBefore(certificate) <= now && Date.parse(certificate.validTo) - now >= margin;
}

/** Whether a CA certificate issued another one. What is older than the CA certificate itself, as after a renewal, does not count. */
export function isIssuedBy(certificate: X509Certificate, ca: X509Certificate): boolean {
  if (notBefore(certificate) < notBefore(ca)) return false;
  return certificate.checkIssued(ca) && certificate.verify(ca.publicKey);
}

/** The beginning of a certificate's validity, in milliseconds since 1970. */
export function notBefore(certificate: X509Certificate): number {
  return Date.parse(certificate.validFrom);
}

/** The CN in a name as Node writes it: one attribute on each line. */
export function commonName(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? '';
}

/** The DER form (SubjectPublicKeyInfo) of the public half of a private key. */
export function publicKeyDer(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}
