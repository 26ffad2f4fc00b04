import { type CertificateInfo, readCertificates } from '../../core/index.js';
import { CONTENT_NAMES, remedyOf, type Wanted } from './content-names.js';
import { CredentialFileError, type FilePlace } from './credential-file.js';
import { sequenceEnd } from './der-shapes.js';
import type { ContentKind, FileContent, PemContent } from './file-content.js';
import type { OtherShape } from './text-shapes.js';

/** What an option wants: `label` ends the labels of its PEM blocks. */
const WANTED: Record<Wanted, { label: string; what: string; belongs: string; file: string }> = {
  certificate: { label: 'CERTIFICATE', what: 'certificate', belongs: 'a certificate', file: 'certificate' },
  roots: { label: 'CERTIFICATE', what: 'certificate', belongs: 'a certificate', file: 'certificate' },
  key: { label: 'PRIVATE KEY', what: 'private key', belongs: 'a private key', file: 'key' },
};

type Pem = Extract<FileContent, { encoding: 'pem' }>;

/**
 * The blocks of a PEM file that are labelled as what is wanted, at least one, each of a kind that can be read.
 *
 * @throws CredentialFileError when there is no such block, one does not end, or holds something else
 */
export function fittingBlocks(place: FilePlace, { blocks, unended }: Pem, wanted: Wanted): PemContent[] {
  const { label, what } = WANTED[wanted];
  if (unended.some((found) => found.endsWith(label))) {
    throw new CredentialFileError(place, `is cut off, a line END ${label} is missing; get the whole file again`);
  }
  const fitting = blocks.filter((block) => block.label.endsWith(label));
  if (fitting.length > 0) return fitting;
  for (const { kind, der } of blocks) {
    const remedy = kind && kind !== 'certificate' && remedyOf(kind, wanted, 'pem', der);
    if (remedy && !isLooseEnd(kind)) throw new CredentialFileError(place, holds(kind, wanted, remedy));
  }
  const advice = `give the file with a line BEGIN ${label}`;
  throw new CredentialFileError(place, `there is no ${what} in this PEM file; ${advice}`);
}

/** Kinds about which a PEM file says all with its labels. */
function isLooseEnd(kind: ContentKind): boolean {
  return kind === 'public-key' || kind === 'openssh-public-key';
}

/** The sentence for content of another kind. @param belongs what is wanted, in words */
export function holds(kind: ContentKind | undefined, wanted: Wanted, remedy?: string, belongs?: string): string {
  const name = kind === undefined ? 'something else' : CONTENT_NAMES[kind];
  const { file, belongs: usual } = WANTED[wanted];
  return `holds ${name} where ${belongs ?? usual} belongs; ${remedy ?? `give a PEM or DER ${file}`}`;
}

/** The sentence for the right thing in a shape that cannot be read. @param belongs what is wanted, in words */
export function holdsShape({ name, command }: OtherShape, wanted: Wanted, belongs?: string): string {
  const { file, belongs: usual } = WANTED[wanted];
  return `holds ${name} where ${belongs ?? usual} belongs; give a PEM or DER ${file}, as made by: ${command}`;
}

/**
 * Refuses bytes after a DER structure: line ends and zeros are what programs add to it.
 *
 * @param end where the structure ends
 */
export function refuseRest(place: FilePlace, bytes: Uint8Array, end: number, what: string): void {
  const rest = bytes.length - end;
  if (rest === 0) return;
  const number = rest === 1 ? 'there is 1 byte' : `there are ${rest} bytes`;
  throw new CredentialFileError(place, `${number} after the ${what}; leave out what follows it: ${headCommand(end)}`);
}

function headCommand(end: number): string {
  return `head -c ${end} FILE > FILE.der`;
}

/** Where the SEQUENCEs end that follow one another from the first byte; what comes after them is something else. */
export function endOfSequences(bytes: Uint8Array): number {
  let end = 0;
  for (let next = sequenceEnd(bytes, 0); next !== undefined && next > end; next = sequenceEnd(bytes, end)) end = next;
  return end;
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
