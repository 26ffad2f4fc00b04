// Certificates and CRLs out of hex, with an algorithm and a signature that nobody verifies.

const ALGORITHM = '300506032b6570';
const SIGNATURE = tlv('03', `00${'22'.repeat(64)}`);
const UTC_2024 = '170d3234303130313030303030305a';
const UTC_2025 = '170d3235303130313030303030305a';

/** An element of DER with this identifier octet. */
export function tlv(tag: string, content: string): string {
  const length = content.length / 2;
  const octets = length < 0x80 ? '' : length < 0x100 ? '81' : '82';
  return tag + octets + length.toString(16).padStart(octets === '82' ? 4 : 2, '0') + content;
}

export const sequence = (...elements: string[]) => tlv('30', elements.join(''));

/** A Name of one common name. */
export const nameOf = (commonName: string) =>
  Buffer.from(sequence(tlv('31', sequence('0603550403', tlv('0c', Buffer.from(commonName).toString('hex'))))), 'hex');

export const extensionOf = (oid: string, value: string, critical = false) =>
  sequence(tlv('06', oid), critical ? '0101ff' : '', tlv('04', value));

/** The extension of an entry that names the issuer of its certificate (RFC 5280 5.3.3). */
export const certificateIssuer = (name: Buffer) =>
  extensionOf('551d1d', sequence(tlv('a4', name.toString('hex'))), true);

/** An entry of a CRL. */
export const entryOf = (serial: string, ...extensions: string[]) =>
  sequence(tlv('02', serial), UTC_2024, extensions.length > 0 ? sequence(...extensions) : '');

/** A common name, or a whole Name. */
type Issuer = string | Buffer;

const issuerName = (issuer: Issuer) => (typeof issuer === 'string' ? nameOf(issuer) : issuer).toString('hex');

/** Parts of a CRL that are not always the same. */
interface CrlParts {
  issuer?: Issuer;
  entries?: string[];
  extensions?: string[];
}

export function crlOf({ issuer = 'ca', entries = [], extensions = [] }: CrlParts): Buffer {
  const body = sequence(
    '020101',
    ALGORITHM,
    issuerName(issuer),
    UTC_2024,
    UTC_2025,
    entries.length > 0 ? sequence(...entries) : '',
    extensions.length > 0 ? tlv('a0', sequence(...extensions)) : '',
  );
  return Buffer.from(sequence(body, ALGORITHM, SIGNATURE), 'hex');
}

/** The key of certificateOf unless another is given. */
const ED25519_KEY = sequence(ALGORITHM, tlv('03', `00${'11'.repeat(32)}`));

export function certificateOf(serial: string, issuer: Issuer = 'ca', extension = '', key = ED25519_KEY): Buffer {
  const body = sequence(
    'a003020102',
    tlv('02', serial),
    ALGORITHM,
    issuerName(issuer),
    sequence(UTC_2024, UTC_2025),
    nameOf('device').toString('hex'),
    key,
    extension ? tlv('a3', sequence(extension)) : '',
  );
  return Buffer.from(sequence(body, ALGORITHM, SIGNATURE), 'hex');
}
