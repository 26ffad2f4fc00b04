import { type CertificateInfo, readCertificates } from '../../core/index.js';
import { CredentialFileError, type FilePlace } from './credential-file.js';

/** One block of a PEM text (RFC 7468), with its BEGIN and END lines. */
export interface PemBlock {
  text: string;
  label: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** Whether bytes are PEM, which may begin with text for people. DER always begins with a SEQUENCE (0x30). */
export function isPem(bytes: Buffer): boolean {
  return bytes[0] !== 0x30 && bytes.includes('-----BEGIN ');
}

/**
 * The blocks whose label ends with `label`, at least one.
 *
 * @param wanted what the blocks hold, in words
 * @throws CredentialFileError when there is no such block, or one that does not end
 */
export function pemBlocks(place: FilePlace, bytes: Buffer, label: string, wanted: string): PemBlock[] {
  const text = bytes.toString('latin1');
  const blocks = [...text.matchAll(BLOCK)].map(([block, found]) => ({ text: block, label: found }));
  const fitting = blocks.filter((block) => block.label.endsWith(label));
  const begun = text.match(new RegExp(`-----BEGIN [A-Z0-9 ]*${label}-----`, 'g'))?.length ?? 0;
  if (begun > fitting.length) {
    throw new CredentialFileError(place, `is cut off, a line END ${label} is missing; get the whole file again`);
  }
  if (fitting.length > 0) return fitting;
  const advice = `give the file with a line BEGIN ${label}`;
  throw new CredentialFileError(place, `there is no ${wanted} in this PEM file; ${advice}`);
}

/**
 * Splits certificates that follow each other in DER. Each comes with its own bytes.
 *
 * @throws DerError when one of them breaks a rule of its standard
 */
export function splitCertificates(der: Uint8Array): { info: CertificateInfo; der: Buffer }[] {
  let offset = der.byteOffset;
  return readCertificates(der).map((info) => {
    const own = Buffer.from(der.buffer, offset, info.length);
    offset += info.length;
    return { info, der: own };
  });
}
