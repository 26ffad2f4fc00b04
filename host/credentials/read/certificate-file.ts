import { createPrivateKey, X509Certificate } from 'node:crypto';
import { DerError, identifyKey, isPem, readCertificates } from '../../core/index.js';
import { CredentialFileError, type FilePlace, readBytes } from './credential-file.js';
import { FORMAT_NAMES, isKind } from './format-names.js';
import { pemBlocks, splitCertificates } from './pem-and-der.js';

/**
 * The DER certificates of a file, PEM or DER, in the order of the file.
 *
 * @throws CredentialFileError when the file holds something else, or a certificate that breaks a rule of its standard
 */
export function readCertificateFile(place: FilePlace): Buffer[] {
  const bytes = readBytes(place);
  const der = isPem(bytes) ? fromPem(place, bytes) : bytes;
  if (!isKind(der, 'certificate')) {
    const found = FORMAT_NAMES[identifyKey(der)];
    throw new CredentialFileError(place, `holds ${found} where a certificate belongs; give a PEM or DER certificate`);
  }
  return explain(place, () => splitCertificates(der)).map((certificate) => certificate.der);
}

function fromPem(place: FilePlace, bytes: Buffer): Buffer {
  const blocks = pemBlocks(place, bytes, 'CERTIFICATE', 'certificate');
  return Buffer.concat(
    blocks.map(({ text }) => {
      try {
        return new X509Certificate(text).raw;
      } catch {
        throw new CredentialFileError(place, 'a certificate in this PEM file is damaged; get the file again');
      }
    }),
  );
}

/** Turns an error of the strict reader into one that names the file. */
export function explain<T>(place: FilePlace, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new CredentialFileError(place, error.message);
    throw error;
  }
}

/**
 * Refuses certificates outside their dates.
 *
 * @param now milliseconds since 1970
 * @throws CredentialFileError
 */
export function checkFileDates(place: FilePlace, certificates: readonly Buffer[], now: number): void {
  for (const { notBefore, notAfter } of certificates.flatMap((der) => readCertificates(der))) {
    if (now > notAfter.getTime()) {
      const advice = "give a renewed one, or check this machine's clock";
      throw new CredentialFileError(place, `the certificate expired on ${notAfter.toISOString()}; ${advice}`);
    }
    if (now < notBefore.getTime()) {
      const advice = "check its dates and this machine's clock";
      throw new CredentialFileError(place, `the certificate is not valid before ${notBefore.toISOString()}; ${advice}`);
    }
  }
}

/**
 * The certificates in the order of TLS (RFC 5246 7.4.2): the key's own first, then the issuer of each. Certificates that do
 * not belong to this path follow in the order that they had.
 *
 * @param key PKCS#8 DER of the first certificate
 */
export function inChainOrder(certificates: readonly Buffer[], key: Buffer): Buffer[] {
  if (certificates.length < 2) return [...certificates];
  try {
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const rest = certificates.map((der) => new X509Certificate(der));
    const path = [];
    let next = rest.findIndex((certificate) => certificate.checkPrivateKey(privateKey));
    while (next >= 0) {
      const [last] = rest.splice(next, 1);
      path.push(last);
      next = rest.findIndex((issuer) => last.checkIssued(issuer) && last.verify(issuer.publicKey));
    }
    return [...path, ...rest].map(({ raw }) => raw);
  } catch {
    return [...certificates]; // the checks report what is wrong with them
  }
}

/**
 * Refuses a key that does not belong to a certificate.
 *
 * @param key PKCS#8 DER
 * @param place the file of the key
 * @param file the path of the certificate
 * @throws CredentialFileError
 */
export function checkFilePair(certificate: Buffer, key: Buffer, place: FilePlace, file: string): void {
  let belongs: boolean;
  try {
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    belongs = new X509Certificate(certificate).checkPrivateKey(privateKey);
  } catch {
    const advice = 'make a new one of type RSA or EC P-256';
    throw new CredentialFileError(place, `cannot be used as a private key; ${advice}`);
  }
  if (belongs) return;
  const advice = 'give the key that the certificate was made for';
  throw new CredentialFileError(place, `does not belong to the certificate in ${file}; ${advice}`);
}
