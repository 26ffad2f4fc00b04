import { bytes } from '../bytes/check-arguments.js';
import { hexText, utf8Bytes } from '../bytes/strings.js';
import { asView } from '../bytes/views.js';
import { decodeText, dottedOid, elementsOf } from './names.js';

/** An attribute of a Name (RFC 5280 4.1.2.4). */
export interface NameAttribute {
  /** Object identifier in dotted form. */
  type: string;
  /** Undefined for a value that is not of a string type. */
  text?: string;
}

interface FullAttribute extends NameAttribute {
  tag: number;
  /** The content of the value. */
  content: Buffer;
  /** The element of the value. */
  element: Buffer;
}

/** The names that OpenSSL has for the attributes of Names (its objects.txt). */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.3': 'mail',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '1.2.840.113549.1.9.8': 'unstructuredAddress',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.16': 'postalAddress',
  '2.5.4.17': 'postalCode',
  '2.5.4.18': 'postOfficeBox',
  '2.5.4.19': 'physicalDeliveryOfficeName',
  '2.5.4.20': 'telephoneNumber',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.45': 'x500UniqueIdentifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.51': 'houseIdentifier',
  '2.5.4.54': 'dmdName',
  '2.5.4.65': 'pseudonym',
  '2.5.4.72': 'role',
  '2.5.4.97': 'organizationIdentifier',
};

const UTF8_STRING = 12;

/**
 * The attributes of a Name, in the order of the certificate.
 *
 * @param name the Name element, such as `subjectRaw`
 * @throws TypeError for what is not a Name, or is cut off
 *
 * @example
 * ```ts
 * import { X509Certificate } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { type NameAttribute, nameAttributes, readCertificate } from 'wasmqtt';
 *
 * const { raw } = new X509Certificate(readFileSync('device.pem'));
 * const [commonName]: NameAttribute[] = nameAttributes(readCertificate(raw).subjectRaw);
 * commonName.type; // => '2.5.4.3'
 * ```
 */
export function nameAttributes(name: Uint8Array): NameAttribute[] {
  return relativeNames(name).flatMap((attributes) => attributes.map(({ type, text }) => ({ type, text })));
}

/**
 * A Name as text (RFC 2253), as `openssl -nameopt RFC2253` prints it: the last relative name first, characters beyond ASCII as
 * UTF-8 in hex. An attribute without a known name or of another type than string is `#` and its DER in hex.
 *
 * @param name the Name element, such as `subjectRaw`
 * @throws TypeError for what is not a Name, or is cut off
 *
 * @example
 * ```ts
 * import { X509Certificate } from 'node:crypto';
 * import { readFileSync } from 'node:fs';
 * import { nameText, readCertificate } from 'wasmqtt';
 *
 * const { raw } = new X509Certificate(readFileSync('device.pem'));
 * nameText(readCertificate(raw).subjectRaw).startsWith('CN='); // => true
 * ```
 */
export function nameText(name: Uint8Array): string {
  const relative = relativeNames(name).toReversed();
  return relative.map((attributes) => attributes.toReversed().map(attributeText).join('+')).join(',');
}

/** Tags of a Name (RFC 5280 4.1.2.4). */
const [SEQUENCE, SET, OBJECT_IDENTIFIER] = [0x30, 0x31, 0x06];

function relativeNames(name: Uint8Array): FullAttribute[][] {
  const [whole, more] = elementsIn(asView(bytes(name, 'a Name')));
  if (!whole || more) throw notAName();
  return inside(whole, SEQUENCE).map((set) => inside(set, SET).map(attributeOf));
}

function elementsIn(content: Buffer): { tag: number; content: Buffer }[] {
  try {
    return [...elementsOf(content)];
  } catch (error) {
    throw notAName(error);
  }
}

/** @throws TypeError when the element is of another type */
function inside(
  { tag, content }: { tag: number; content: Buffer },
  wanted: number,
): { tag: number; content: Buffer }[] {
  if (tag !== wanted) throw notAName();
  return elementsIn(content);
}

function attributeOf(attribute: { tag: number; content: Buffer }): FullAttribute {
  const [type, value, more] = inside(attribute, SEQUENCE);
  if (type?.tag !== OBJECT_IDENTIFIER || !value || more) throw notAName();
  const { content } = attribute;
  const element = content.subarray(type.content.byteOffset - content.byteOffset + type.content.length);
  return { type: dottedOid(type.content), text: decodeText(value.content, value.tag), ...value, element };
}

const notAName = (cause?: unknown) =>
  new TypeError('these bytes are not a Name (RFC 5280 4.1.2.4): pass one such as subjectRaw', { cause });

function attributeText({ type, tag, content, element, text }: FullAttribute): string {
  const name = SHORT_NAMES[type];
  if (name === undefined || text === undefined) return `${name ?? type}=#${hexText(element).toUpperCase()}`;
  return `${name}=${escaped(tag === UTF8_STRING ? content : utf8Bytes(text))}`;
}

/** RFC 2253 2.4, and what OpenSSL escapes beyond it: control characters, and everything that is not ASCII. */
function escaped(octets: Buffer): string {
  let out = '';
  for (const [at, octet] of octets.entries()) {
    const character = String.fromCharCode(octet);
    const isLast = at === octets.length - 1;
    const isSpaceAtEnd = octet === 0x20 && (at === 0 || isLast);
    // OpenSSL takes a single character for the last one only.
    const isHashAtStart = octet === 0x23 && at === 0 && !isLast;
    if (octet < 0x20 || octet > 0x7e) out += `\\${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    else if (',+"\\<>;'.includes(character) || isSpaceAtEnd || isHashAtStart) out += `\\${character}`;
    else out += character;
  }
  return out;
}
