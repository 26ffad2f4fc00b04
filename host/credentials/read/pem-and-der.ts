import { type CertificateInfo, type PemBlock, readCertificates, readPem } from '../../core/index.js';
import { CredentialFileError, type FilePlace } from './credential-file.js';

/**
 * The blocks of a PEM file whose label ends with `label`, at least one.
 *
 * @param wanted what the blocks hold, in words
 * @throws CredentialFileError when there is no such block, or one that does not end
 */
export function pemBlocks(place: FilePlace, bytes: Buffer, label: string, wanted: string): PemBlock[] {
  const { blocks, unended } = readPem(bytes.toString('latin1'));
  if (unended.some((found) => found.endsWith(label))) {
    throw new CredentialFileError(place, `is cut off, a line END ${label} is missing; get the whole file again`);
  }
  const fitting = blocks.filter((block) => block.label.endsWith(label));
  if (fitting.length > 0) return fitting;
  const advice = `give the file with a line BEGIN ${label}`;
  throw new CredentialFileError(place, `there is no ${wanted} in this PEM file; ${advice}`);
}

/**
 * Splits certificates that follow each other in DER. Each comes with its own bytes.
 *
 * @throws DerError when one of them breaks a rule of its standard; its offset counts from the first byte of all
 */
export function splitCertificates(der: Uint8Array): { info: CertificateInfo; der: Buffer }[] {
  let offset = der.byteOffset;
  return readCertificates(der).map((info) => {
    const own = Buffer.from(der.buffer, offset, info.length);
    offset += info.length;
    return { info, der: own };
  });
}
