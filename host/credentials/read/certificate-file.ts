import { createPrivateKey, X509Certificate } from 'node:crypto';
import { DerError, readCertificates, splitDer } from '../../core/index.js';
import { remedyOf, type Wanted } from './content-names.js';
import { CredentialFileError, type FilePlace, readBytes } from './credential-file.js';
import { sequenceEnd } from './der-shapes.js';
import { contentOf, type PemContent } from './file-content.js';
import { endOfSequences, fittingBlocks, holds, holdsShape, refuseRest, splitCertificates } from './pem-and-der.js';

/**
 * The DER certificates of a file, PEM or DER, in the order of the file.
 *
 * @throws CredentialFileError when the file holds something else, or a certificate that breaks a rule of its standard
 */
export function readCertificateFile(place: FilePlace): Buffer[] {
  const pieces = piecesOf(place, 'certificate');
  return explain(place, () => splitCertificates(Buffer.concat(pieces))).map((certificate) => certificate.der);
}

/**
 * The roots of a file, as `readCertificateFile`, but one that breaks a rule of its standard does not cost the others: it is
 * returned as it is, for the checks to report.
 *
 * @throws CredentialFileError when the file holds something else, or one certificate alone, which breaks a rule
 */
export function readRootFile(place: FilePlace): Buffer[] {
  const pieces = piecesOf(place, 'roots');
  return pieces.length === 1 ? readCertificateFile(place) : pieces;
}

/** The certificates of a file, each judged by its shape alone. */
function piecesOf(place: FilePlace, wanted: Wanted): Buffer[] {
  const content = contentOf(readBytes(place));
  switch (content.encoding) {
    case 'pem':
      return fittingBlocks(place, content, wanted).map((block) => derOf(place, block, wanted));
    case 'der': {
      const { kind, bytes } = content;
      const end = endOfSequences(bytes);
      // A bundle of roots may have something odd before a root that can be used.
      const isBundle = wanted === 'roots' && (sequenceEnd(bytes) ?? end) < end;
      if (kind && kind !== 'certificate' && !isBundle) {
        throw new CredentialFileError(place, holds(kind, wanted, remedyOf(kind, wanted, 'der', bytes)));
      }
      // A further SEQUENCE that is cut off is left to the strict reader, which says where.
      if (end > 0 && bytes[end] !== 0x30) refuseRest(place, bytes, end, 'certificate');
      return splitDer(bytes).map((der) => Buffer.from(der));
    }
    case 'other': {
      const { kind } = content;
      if (typeof kind === 'object') throw new CredentialFileError(place, holdsShape(kind, wanted));
      throw new CredentialFileError(place, holds(kind, wanted, kind && remedyOf(kind, wanted, 'other')));
    }
  }
}

function derOf(place: FilePlace, { der, kind }: PemContent, wanted: Wanted): Buffer {
  if (kind && kind !== 'certificate') {
    throw new CredentialFileError(place, holds(kind, wanted, remedyOf(kind, wanted, 'pem', der)));
  }
  // After a trusted certificate OpenSSL notes what it is trusted for.
  const end = der && sequenceEnd(der);
  if (!der || end === undefined) {
    throw new CredentialFileError(place, 'a certificate in this PEM file is damaged; get the file again');
  }
  return der.subarray(0, end);
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
