/** A line of a CRL. */
export interface CrlLine {
  /** lower-case hex, without leading zeros */
  serialNumber: string;
  date: Date;
  /** CRLReason (RFC 5280 5.3.1) */
  reason: number;
}

/** What a CRL says of itself. */
export interface CrlHead {
  /** the Name of the CA, in DER */
  issuer: Uint8Array;
  /** the octets of the key identifier of the CA */
  keyIdentifier: Uint8Array;
  /** counts the CRLs of the CA, from 1 */
  number: number;
  thisUpdate: Date;
  nextUpdate: Date;
}

const [INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, ENUMERATED] = [2, 3, 4, 5, 6, 10];
const [UTC_TIME, GENERALIZED_TIME, SEQUENCE] = [23, 24, 0x30];

const SHA256_WITH_RSA = '2a864886f70d01010b';
const [CRL_NUMBER, CRL_REASON, AUTHORITY_KEY_IDENTIFIER] = ['551d14', '551d15', '551d23'];

const ALGORITHM = element(SEQUENCE, oid(SHA256_WITH_RSA), element(NULL));

/**
 * A CRL (RFC 5280 5) in DER, signed by RSA with SHA-256.
 *
 * @peculiar/x509 writes an empty list of extensions for a line without a reason, which RFC 5280 5.3 does not have, and takes a time that
 * grows with the square of the lines: seconds for 5,000.
 *
 * @param sign the signature of bytes
 */
export async function writeRevocationList(
  { issuer, keyIdentifier, number, thisUpdate, nextUpdate }: CrlHead,
  lines: readonly CrlLine[],
  sign: (tbs: Uint8Array) => Promise<ArrayBuffer>,
): Promise<Buffer> {
  const version2 = integer(1);
  const extensions = element(
    SEQUENCE,
    extension(AUTHORITY_KEY_IDENTIFIER, element(SEQUENCE, element(0x80, keyIdentifier))),
    extension(CRL_NUMBER, integer(number)),
  );
  const tbs = element(
    SEQUENCE,
    version2,
    ALGORITHM,
    issuer,
    time(thisUpdate),
    time(nextUpdate),
    // 5.1.2.6: absent when nothing is revoked.
    ...(lines.length === 0 ? [] : [constructed(SEQUENCE, lines.map(lineOf))]),
    element(0xa0, extensions),
  );
  const signature = new Uint8Array(await sign(tbs));
  return element(SEQUENCE, tbs, ALGORITHM, element(BIT_STRING, Buffer.of(0), signature));
}

function lineOf({ serialNumber, date, reason }: CrlLine): Buffer {
  // 5.3.1: instead of unspecified there is to be no reason.
  const extensions =
    reason === 0 ? [] : [element(SEQUENCE, extension(CRL_REASON, element(ENUMERATED, Buffer.of(reason))))];
  return element(SEQUENCE, unsigned(serialNumber), time(date), ...extensions);
}

function extension(identifier: string, value: Buffer): Buffer {
  return element(SEQUENCE, oid(identifier), element(OCTET_STRING, value));
}

function oid(content: string): Buffer {
  return element(OID, Buffer.from(content, 'hex'));
}

function integer(value: number): Buffer {
  return unsigned(value.toString(16));
}

/** An INTEGER of 0 or more (X.690 8.3). @param digits hex, without leading zeros */
function unsigned(digits: string): Buffer {
  const octets = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return element(INTEGER, ...(octets[0] > 0x7f ? [Buffer.of(0)] : []), octets);
}

/** 5.1.2.4: UTCTime through 2049, GeneralizedTime from 2050 on. */
function time(date: Date): Buffer {
  const text = `${date.toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
  const isLate = date.getUTCFullYear() >= 2050;
  return element(isLate ? GENERALIZED_TIME : UTC_TIME, Buffer.from(isLate ? text : text.slice(2), 'latin1'));
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  return constructed(tag, contents);
}

/** Identifier, length (X.690 8.1.3, 10.1) and contents: a list, since a call takes only so many arguments. */
function constructed(tag: number, contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const octets = length.toString(16);
  const long = Buffer.from(octets.padStart(octets.length + (octets.length % 2), '0'), 'hex');
  const head = length < 0x80 ? Buffer.of(tag, length) : Buffer.concat([Buffer.of(tag, 0x80 | long.length), long]);
  return Buffer.concat([head, ...contents]);
}
