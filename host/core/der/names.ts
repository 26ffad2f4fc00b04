import { u16At, u32At } from '../bytes/big-endian.js';
import { hexText, latin1Text, utf8Text } from '../bytes/strings.js';
import { NOTHING } from '../bytes/views.js';
import type { RecordCopy } from './signed-record.js';

/** The attributes of a Name that are read (RFC 5280 4.1.2.4); of each, the last and so most specific one. */
export interface DistinguishedName {
  commonName?: string;
  countryName?: string;
  organizationName?: string;
  organizationalUnitName?: string;
}

/** An entry of subjectAltName (RFC 5280 4.2.1.6) of the types that are read. */
export type GeneralName = { type: 'dns' | 'uri' | 'email' | 'ip'; value: string };

/** Offset of each attribute from its Name in a record: address, length and tag. */
const PLACES = [
  ['commonName', 8],
  ['countryName', 20],
  ['organizationName', 32],
  ['organizationalUnitName', 44],
] as const;

/** The Name at `field` of a record. */
export function readName(record: RecordCopy, field: number): DistinguishedName {
  const name: DistinguishedName = {};
  for (const [attribute, place] of PLACES) {
    const value = record.view(field + place);
    const text = value && decodeText(value, record.word(field + place + 8));
    if (text !== undefined) name[attribute] = text;
  }
  return name;
}

/** The common name of the Name at `field` of a record. */
export function readCommonName(record: RecordCopy, field: number): string | undefined {
  const [, place] = PLACES[0];
  const value = record.view(field + place);
  return value && decodeText(value, record.word(field + place + 8));
}

/** A text by its string type, whose form the core has checked; undefined for another type. */
export function decodeText(bytes: Buffer, tag: number): string | undefined {
  switch (tag) {
    case 12:
    case 18:
    case 19:
    case 22:
    case 26:
      return utf8Text(bytes);
    case 20:
      return latin1Text(bytes);
    case 30:
      return Array.from({ length: bytes.length >> 1 }, (_, n) => String.fromCharCode(u16At(bytes, n * 2))).join('');
    case 28: {
      let text = '';
      for (let i = 0; i < bytes.length; i += 4) {
        const character = u32At(bytes, i);
        const isSurrogate = character >= 0xd800 && character < 0xe000;
        text += isSurrogate || character > 0x10ffff ? '\ufffd' : String.fromCodePoint(character);
      }
      return text;
    }
    default:
      return undefined;
  }
}

/** The elements of content, in order. @throws RangeError for one that is cut off, which content that the core has checked has not */
export function* elementsOf(content: Buffer): Generator<{ tag: number; content: Buffer }> {
  for (let at = 0; at < content.length; ) {
    const tag = content[at];
    let length = content[at + 1];
    let start = at + 2;
    if (length > 0x7f) {
      const octets = length & 0x7f;
      length = 0;
      for (const end = start + octets; start < end; start++) length = length * 256 + content[start];
    }
    at = start + length;
    if (!(at <= content.length)) throw new RangeError('an element of DER is cut off');
    yield { tag, content: content.subarray(start, at) };
  }
}

/**
 * An extension (RFC 5280 4.1).
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { type CertificateRequestInfo, type Extension, type GeneralName, readCertificateRequest } from 'wasmqtt';
 *
 * const request: CertificateRequestInfo = readCertificateRequest(readFileSync('request.der'));
 * const extensions: Extension[] = request.extensions;
 * const names: GeneralName[] = request.subjectAltName;
 * [request.subjectCN, extensions.length, names.length]; // => [ 'd', 1, 1 ]
 * ```
 */
export interface Extension {
  /** Object identifier in dotted form. */
  oid: string;
  critical: boolean;
  /** The DER that extnValue holds. */
  value: Buffer;
}

/** Extensions in content that the core has checked: each an identifier, perhaps a BOOLEAN, and an OCTET STRING. */
export function readExtensions(list: Buffer | undefined): Extension[] {
  return Array.from(elementsOf(list ?? NOTHING), ({ content }) => {
    const [oid, ...rest] = elementsOf(content);
    const value = rest[rest.length - 1];
    return { oid: dottedOid(oid.content), critical: rest.length > 1 && rest[0].content[0] !== 0, value: value.content };
  });
}

const GENERAL_NAMES: Readonly<Record<number, GeneralName['type']>> = {
  129: 'email',
  130: 'dns',
  134: 'uri',
  135: 'ip',
};

/** The entries of GeneralNames whose type is read; the others are left out. */
export function readGeneralNames(list: Buffer | undefined): GeneralName[] {
  const names: GeneralName[] = [];
  for (const { tag, content } of elementsOf(list ?? NOTHING)) {
    const type = GENERAL_NAMES[tag];
    if (type) names.push({ type, value: type === 'ip' ? addressText(content) : latin1Text(content) });
  }
  return names;
}

/** Dotted decimal, or eight groups of hex digits (RFC 4291 2.2, form 1). */
function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  return Array.from({ length: 8 }, (_, group) => u16At(bytes, group * 2).toString(16)).join(':');
}

/** The first URI of cRLDistributionPoints (RFC 5280 4.2.1.13): in each point [0] distributionPoint, in that [0] fullName. */
export function firstDistributionUri(points: Buffer | undefined): string | undefined {
  for (const point of elementsOf(points ?? NOTHING)) {
    for (const field of elementsOf(point.content)) {
      const uri = field.tag === 0xa0 ? firstUriOfName(field.content) : undefined;
      if (uri !== undefined) return uri;
    }
  }
  return undefined;
}

/** The first URI in the content of a DistributionPointName; undefined when it has none, or is relative to the issuer. */
export function firstUriOfName(content: Buffer): string | undefined {
  for (const name of elementsOf(content)) {
    const uri = name.tag === 0xa0 && readGeneralNames(name.content).find(({ type }) => type === 'uri');
    if (uri) return uri.value;
  }
  return undefined;
}

/** Larger arcs are written in hex: the time for decimal digits grows with the square of their number. */
const LARGEST_DECIMAL = 2n ** 1024n;

/** An OBJECT IDENTIFIER in dotted form. Its arcs have any size: 2.25 is followed by a UUID, a number of 128 bits. */
export function dottedOid(content: Uint8Array): string {
  const arcs: (number | bigint)[] = [];
  let first = 0;
  let arc = 0;
  for (const [at, octet] of content.entries()) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet > 0x7f) continue;
    arcs.push(Number.isSafeInteger(arc) ? arc : largeArc(content.subarray(first, at + 1)));
    first = at + 1;
    arc = 0;
  }
  // X.690 8.19.4: the first two arcs share a number.
  const [shared, ...rest] = arcs;
  const root = shared < 80 ? Math.floor(Number(shared) / 40) : 2;
  const second = typeof shared === 'bigint' ? shared - 80n : shared - root * 40;
  return [root, second, ...rest].map((arc) => (arc < LARGEST_DECIMAL ? arc : `0x${arc.toString(16)}`)).join('.');
}

/** The number in the seven lower bits of each octet. */
function largeArc(octets: Uint8Array): bigint {
  let bits = '';
  for (const octet of octets) bits += (octet & 0x7f).toString(2).padStart(7, '0');
  return BigInt(`0b${bits}`);
}

/**
 * An INTEGER as upper-case hex digits, two for each octet of the encoding. A negative one is a minus and the digits of its absolute
 * value, as openssl shows it.
 */
export function integerHex(content: Buffer): string {
  if (content[0] > 0x7f) return `-${magnitudeHex(-integerOf(content))}`;
  return hexText(content).toUpperCase();
}

/** The value of an INTEGER. */
function integerOf(content: Buffer): bigint {
  return BigInt.asIntN(content.length * 8, BigInt(`0x${hexText(content)}`));
}

/** A positive number in whole octets. */
function magnitudeHex(value: bigint): string {
  const digits = value.toString(16).toUpperCase();
  return digits.padStart(digits.length + (digits.length % 2), '0');
}
