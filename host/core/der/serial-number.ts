import { isBytes } from '../bytes/check-arguments.js';
import { hexBytes } from '../bytes/strings.js';
import { copyOf, isSame } from '../bytes/views.js';
import { CertificateInfo } from './certificate.js';
import { elementsOf } from './names.js';

/**
 * What names a serial number (RFC 5280 4.1.2.2): hex digits of either case, with or without colons between octets and with any
 * number of leading zeros; octets, most significant first; a bigint; or the certificate that has it.
 */
export type SerialNumber = string | bigint | Uint8Array | CertificateInfo;

/** Digits of hex, or octets with colons between them. A minus stands before a negative number, as in CertificateInfo. */
const HEX = /^(-?)(?:[0-9a-f]{1,2}(?::[0-9a-f]{2})+|[0-9a-f]+)$/i;

const FORMS = 'give hex digits with or without colons, a bigint, a Uint8Array or a certificate of readCertificate';

/** A serial number for crl_find. */
interface SerialOctets {
  /**
   * A number that is known to be positive has a zero octet before a top bit that is set; octets and digits without one also name the
   * negative number that they are the encoding of, since tools show either.
   */
  octets: Uint8Array;
  /** Whether only the negative number is meant. */
  isNegative: boolean;
}

const ofInteger = (content: Uint8Array): SerialOctets => ({ octets: content, isNegative: content[0] > 0x7f });

/** @throws RangeError for text that is not hex, or no octets; TypeError for what is none of the forms */
export function serialOctets(serial: SerialNumber): SerialOctets {
  if (serial instanceof CertificateInfo) return ofInteger(serial.serialNumberContent);
  if (typeof serial === 'bigint') return ofInteger(encodeInteger(serial));
  if (typeof serial === 'string') return octetsOfText(serial);
  if (!isBytes(serial)) throw new TypeError(`serialNumber is of type ${typeof serial}: ${FORMS}`);
  if (serial.length === 0) throw new RangeError(`serialNumber has no octets: ${FORMS}`);
  return { octets: serial, isNegative: false };
}

function octetsOfText(text: string): SerialOctets {
  const minus = HEX.exec(text)?.[1];
  if (minus === undefined)
    throw new RangeError(`serialNumber ${JSON.stringify(text.slice(0, 80))} is not a number in hex: ${FORMS}`);
  const digits = text.replaceAll(':', '').slice(minus.length);
  if (minus) return ofInteger(encodeInteger(-BigInt(`0x${digits}`)));
  return { octets: hexBytes(digits.length % 2 === 0 ? digits : `0${digits}`), isNegative: false };
}

/**
 * The list of entries, or a copy of it, in which no serial number is the positive one with the octets of this negative one: crl_find would take
 * it for the same. It gets another first octet.
 */
export function withoutPositive(list: Buffer, negative: Uint8Array): Buffer {
  if (!isInList(list, negative)) return list;
  const copy = copyOf(list);
  for (const entry of elementsOf(copy)) {
    const [{ content }] = elementsOf(entry.content);
    if (content[0] === 0 && isSame(content.subarray(1), negative)) content[0] = 1;
  }
  return copy;
}

/** Whether these octets stand anywhere in the list behind a zero: a search is faster than to read the entries. */
function isInList(list: Uint8Array, negative: Uint8Array): boolean {
  const [first] = negative;
  for (let at = list.indexOf(first, 1); at > 0; at = list.indexOf(first, at + 1)) {
    if (list[at - 1] === 0 && isSame(list.subarray(at, at + negative.length), negative)) return true;
  }
  return false;
}

/** The content of an INTEGER (X.690 8.3): two's complement in the fewest octets. */
function encodeInteger(value: bigint): Uint8Array {
  // As many bits as the value has, and one for the sign.
  const bits = (value < 0n ? ~value : value).toString(2).length + 1;
  const octets = Math.ceil(bits / 8);
  const digits = BigInt.asUintN(octets * 8, value).toString(16);
  return hexBytes(digits.padStart(octets * 2, '0'));
}
