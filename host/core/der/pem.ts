import { base64Text, latin1Text } from '../bytes/strings.js';
import { identifyKey } from './private-key.js';

/** One block of a PEM text (RFC 7468 2). */
export interface PemBlock {
  /** What the block says that it holds, for example CERTIFICATE or EC PRIVATE KEY. */
  label: string;
  /** The block with its BEGIN and END lines. */
  text: string;
}

/** What a PEM text holds. */
export interface PemText {
  /** The blocks that are whole, in the order of the text. */
  blocks: PemBlock[];
  /** The labels of BEGIN lines whose END line is missing. */
  unended: string[];
}

/** Lines of base64 (RFC 7468 2). */
const LINES = /.{1,64}/g;
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
/** A BEGIN line, perhaps behind the byte order mark of UTF-8. */
const BEGIN_LINE = /^(?:\u00ef\u00bb\u00bf)?[ \t]*-----BEGIN /m;
const BEGIN = /-----BEGIN ([A-Z0-9 ]+)(?=-----)/g;

/**
 * The PEM text of DER (RFC 7468 2): base64 in lines of 64 characters between a BEGIN and an END line, each ended by a line
 * feed. Neither the label nor the DER is checked.
 *
 * @param label upper-case words, for example CERTIFICATE or PRIVATE KEY (RFC 7468 4)
 *
 * @example
 * ```ts
 * import { pemOf } from 'wasmqtt';
 *
 * pemOf('CERTIFICATE', new Uint8Array([1, 2, 3])); // => '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n'
 * ```
 */
export function pemOf(label: string, der: Uint8Array): string {
  const base64 = base64Text(der);
  const lines = base64.match(LINES) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Whether bytes are PEM: a BEGIN line is in them, and they are not DER of a known kind, which may have such a line in its
 * text. Text for people may precede the first block (RFC 7468 2), and may begin with any character.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { isPem } from 'wasmqtt';
 *
 * isPem(readFileSync('device.pem')); // => true
 * ```
 */
export function isPem(bytes: Uint8Array): boolean {
  const text = latin1Text(bytes);
  if (!BEGIN_LINE.test(text)) return false;
  const kind = bytes[0] === 0x30 ? identifyKey(bytes) : 'pem';
  return kind === 'pem' || kind === 'unknown';
}

/**
 * Finds the blocks of a PEM text (RFC 7468 2). What stands outside the blocks is left out; the base64 inside them is not
 * checked. Never throws.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { type PemBlock, type PemText, readPem } from 'wasmqtt';
 *
 * const { blocks, unended }: PemText = readPem(readFileSync('device.pem', 'utf8'));
 * blocks.map(({ label }: PemBlock) => label); // => [ 'CERTIFICATE' ]
 * ```
 */
export function readPem(text: string): PemText {
  const blocks = Array.from(text.matchAll(BLOCK), ([block, label]) => ({ label, text: block }));
  const unended = Array.from(text.matchAll(BEGIN), ([, label]) => label);
  for (const { label } of blocks) unended.splice(unended.indexOf(label), 1);
  return { blocks, unended };
}
