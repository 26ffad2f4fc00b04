import { readPem } from '../../core/index.js';
import { type DerKind, derKind } from './der-shapes.js';
import { brokenPem, digits, type OtherShape, utf16 } from './text-shapes.js';

/** A block of a PEM file, judged by what is in it; its label is only what somebody wrote above it. */
export interface PemContent {
  label: string;
  /** With its BEGIN and END lines. */
  text: string;
  /** The decoded bytes; undefined when they are not base64, or encrypted in OpenSSL's old way. */
  der: Buffer | undefined;
  /** What the bytes are, or the label says of something that is not DER. */
  kind: ContentKind | undefined;
}

/** What a file or a PEM block can hold besides what the core knows. */
export type ContentKind =
  | DerKind
  | 'dsa-key'
  | 'openssh-key'
  | 'openssh-public-key'
  | 'putty-key'
  | 'java-keystore'
  | 'zip'
  | 'html';

/** What a file holds, found by looking for it. */
export type FileContent =
  | { encoding: 'pem'; blocks: PemContent[]; unended: string[] }
  /** `kind` is undefined when the structure is cut off, or of no known shape. */
  | { encoding: 'der'; kind: DerKind | undefined; bytes: Buffer }
  | { encoding: 'other'; kind: ContentKind | undefined }
  | { encoding: 'other'; kind: OtherShape };

const BYTE_ORDER_MARK = /^\u00ef\u00bb\u00bf/;

/** How text files begin that are neither PEM nor digits. */
const TEXTS: [ContentKind, RegExp][] = [
  ['openssh-public-key', /^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) AAAA/],
  ['putty-key', /^PuTTY-User-Key-File-/],
  ['html', /^\s*<(?:!doctype html|html)/i],
];

/** How other binary files begin, in hex. */
const BINARIES: [ContentKind, RegExp][] = [
  ['java-keystore', /^(?:feedfeed|cececece)/],
  ['zip', /^(?:504b0304|1f8b)/],
];

/** What a label promises that is not one of DER's shapes of the core. */
const LABELS: [ContentKind, RegExp][] = [
  ['dsa-key', /^DSA PRIVATE KEY$/],
  ['openssh-key', /^OPENSSH PRIVATE KEY$/],
  ['tss2-key', /^TSS2 PRIVATE KEY$/],
  ['pkcs7', /^(?:PKCS7|PKCS #7 SIGNED DATA|CMS)$/],
];

/** Finds out what a file holds: DER of a known kind, then PEM wherever it is, then everything else that people have. */
export function contentOf(bytes: Buffer): FileContent {
  const kind = derKind(bytes);
  if (kind) return { encoding: 'der', kind, bytes };
  const wide = utf16(bytes);
  if (wide) return { encoding: 'other', kind: wide };
  // Files that do not end with a newline, put together by cat, have an END and a BEGIN in one line.
  const text = bytes
    .toString('latin1')
    .replace(BYTE_ORDER_MARK, '')
    .replaceAll('----------BEGIN ', '-----\n-----BEGIN ');
  if (text.includes('-----BEGIN ')) return pemContent(text);
  const start = bytes.toString('hex', 0, 4);
  const [named] =
    TEXTS.find(([, beginning]) => beginning.test(text)) ?? BINARIES.find(([, hex]) => hex.test(start)) ?? [];
  if (named) return { encoding: 'other', kind: named };
  const shape = digits(text, isKnown);
  if (shape) return { encoding: 'other', kind: shape };
  if (bytes[0] === 0x30) return { encoding: 'der', kind: undefined, bytes };
  return { encoding: 'other', kind: undefined };
}

function pemContent(text: string): FileContent {
  const broken = brokenPem(text);
  if (broken) return { encoding: 'other', kind: broken };
  const { blocks, unended } = readPem(text);
  return { encoding: 'pem', unended, blocks: blocks.map((block) => ({ ...block, ...inside(block) })) };
}

/** Decodes a block (RFC 7468 3). Lines of headers, as RFC 1421 has them, may precede the base64. */
function inside({ label, text }: { label: string; text: string }): Pick<PemContent, 'der' | 'kind'> {
  const [labelled] = LABELS.find(([, pattern]) => pattern.test(label)) ?? [];
  const body = text.replace(/-----[^-]+-----/g, '');
  const encrypted = /^Proc-Type: 4,ENCRYPTED/m.test(body);
  const base64 = body.replace(/^[\w-]+:.*$/gm, '').replace(/\s/g, '');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0;
  const der = encrypted || !isBase64 ? undefined : Buffer.from(base64, 'base64');
  return { der, kind: labelled ?? (der && derKind(der)) };
}

function isKnown(bytes: Buffer): boolean {
  return bytes[0] === 0x30 || bytes.includes('-----BEGIN ');
}
