import { identifyKey, type KeyFormatName } from '../../core/index.js';

/** What a DER structure is, judging by its shape. */
export type DerKind = Exclude<KeyFormatName, 'pem' | 'base64' | 'hex' | 'unknown'> | 'pkcs7' | 'pkcs12' | 'tss2-key';

const SEQUENCE = 0x30;

/** What the content of the outer SEQUENCE begins with, in hex, for structures that the core does not know. */
const BEGINNINGS: [DerKind, RegExp][] = [
  ['pkcs12', /^020103(?:30(?:8\d)?(?:..){1,4})06092a864886f70d0107/], // RFC 7292 4: version 3, authSafe
  ['pkcs7', /^06092a864886f70d010702/], // RFC 5652 5.1: id-signedData
  ['tss2-key', /^06066781050a01/], // TCG OID 2.23.133.10.1, the types of keys of a TPM
];

/**
 * Where the element ends that is at `at`.
 *
 * @returns the end of the bytes for an indefinite length (BER, as some programs write PKCS#12); undefined when there is no
 * whole SEQUENCE
 */
export function sequenceEnd(bytes: Uint8Array, at = 0): number | undefined {
  const content = contentStart(bytes, at);
  if (content === undefined) return undefined;
  const first = bytes[at + 1];
  if (first === 0x80) return bytes.length;
  let length = first;
  if (first > 0x80) {
    length = 0;
    for (let index = at + 2; index < content; index++) length = length * 256 + bytes[index];
  }
  return content + length <= bytes.length ? content + length : undefined;
}

/** What the bytes are when they begin with a whole SEQUENCE of a known shape; what follows it does not matter. */
export function derKind(bytes: Uint8Array): DerKind | undefined {
  const end = sequenceEnd(bytes);
  const content = contentStart(bytes, 0);
  if (end === undefined || content === undefined) return undefined;
  const beginning = Buffer.from(bytes.subarray(content, content + 24)).toString('hex');
  const [foreign] = BEGINNINGS.find(([, pattern]) => pattern.test(beginning)) ?? [];
  if (foreign) return foreign;
  const found = identifyKey(bytes.subarray(0, end));
  return found === 'unknown' || found === 'pem' || found === 'base64' || found === 'hex' ? undefined : found;
}

function contentStart(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== SEQUENCE || at + 2 > bytes.length) return undefined;
  const first = bytes[at + 1];
  if (first <= 0x80) return at + 2;
  return first <= 0x84 && at + 2 + (first & 0x7f) <= bytes.length ? at + 2 + (first & 0x7f) : undefined;
}
