import { createPrivateKey, type PrivateKeyInput } from 'node:crypto';
import { checkDer, checkPkcs8 } from '../../core/index.js';
import { explain } from './certificate-file.js';
import { remedyOf } from './content-names.js';
import { CredentialFileError, type FilePlace, readBytes } from './credential-file.js';
import { sequenceEnd } from './der-shapes.js';
import { type ContentKind, contentOf } from './file-content.js';
import { fittingBlocks, holds, holdsShape, refuseRest } from './pem-and-der.js';
import { asVersionOne } from './pkcs8-version.js';
import type { OtherShape } from './text-shapes.js';

/** A private key as its file holds it, not yet converted. */
export interface KeyFile {
  readonly place: FilePlace;
  readonly encoding: 'pem' | 'der' | 'other';
  /** Undefined for a structure of no known kind. */
  readonly kind: ContentKind | OtherShape | undefined;
  /** whether it takes a pass-phrase to open it */
  readonly encrypted: boolean;
  /** The DER of the file or of its PEM block; of a block that is encrypted in OpenSSL's old way, its text. */
  readonly content: Buffer;
}

/** The kinds of private keys that can be read. */
const DER_TYPES: Partial<Record<ContentKind, PrivateKeyInput['type']>> = {
  pkcs8: 'pkcs8',
  'pkcs8-encrypted': 'pkcs8',
  pkcs1: 'pkcs1',
  sec1: 'sec1',
};

/** What the labels promise of blocks that are encrypted in OpenSSL's old way, which keeps the label of an unencrypted key. */
const OLD_ENCRYPTED: Record<string, ContentKind> = { 'EC PRIVATE KEY': 'sec1', 'RSA PRIVATE KEY': 'pkcs1' };

/**
 * Reads a key file, PEM or DER, without opening the key. What it holds is found by looking for it.
 *
 * @throws CredentialFileError when it cannot be read, is PEM without a key, or has more bytes than the key
 */
export function openKeyFile(place: FilePlace): KeyFile {
  const bytes = readBytes(place);
  const found = contentOf(bytes);
  if (found.encoding === 'pem') return keyBlock(place, fittingBlocks(place, found, 'key')[0]);
  const { encoding, kind } = found;
  if (encoding === 'der' && kind && kind in DER_TYPES) refuseRest(place, bytes, sequenceEnd(bytes)!, 'private key');
  // A broken structure is taken for PKCS#8: the strict reader says what is wrong with it.
  const isBroken = encoding === 'der' && kind === undefined;
  return { place, encoding, kind: isBroken ? 'pkcs8' : kind, encrypted: kind === 'pkcs8-encrypted', content: bytes };
}

type Block = ReturnType<typeof fittingBlocks>[number];

function keyBlock(place: FilePlace, { label, text, der, kind }: Block): KeyFile {
  const encrypted = /^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (encrypted) {
    return { place, encoding: 'pem', kind: OLD_ENCRYPTED[label], encrypted, content: Buffer.from(text, 'latin1') };
  }
  if (!der || (kind !== 'openssh-key' && sequenceEnd(der) === undefined)) throw damaged(place, 'PEM');
  if (kind && kind in DER_TYPES) refuseRest(place, der, sequenceEnd(der)!, 'private key');
  return { place, encoding: 'pem', kind, encrypted: kind === 'pkcs8-encrypted', content: der };
}

/**
 * The DER of a key that is already PKCS#8 without a pass-phrase, as the device wants it. PEM and DER come to the same: the
 * encoding that `openssl pkcs8 -topk8 -nocrypt` writes, which is that of the file unless somebody wrote it in another way.
 *
 * @throws CredentialFileError for every other key, with the command that converts it
 */
export function plainPkcs8(file: KeyFile): Buffer {
  if (file.kind !== 'pkcs8') throw wrongKind(file, 'an unencrypted PKCS#8 key');
  return convertedPkcs8(file);
}

/**
 * The PKCS#8 DER of any private key. PKCS#1 and SEC1 keys are wrapped and encrypted keys are opened, as
 * `openssl pkcs8 -topk8 -nocrypt` does it; a PKCS#8 key of version 2 becomes one of version 1.
 *
 * @param passphrase for an encrypted key
 * @throws CredentialFileError when the file does not hold a private key, the key is damaged, or the pass-phrase does not
 *   open it
 */
export function convertedPkcs8(file: KeyFile, passphrase?: string): Buffer {
  const { place, kind, encoding, encrypted, content } = file;
  const type = typeof kind === 'string' ? DER_TYPES[kind] : undefined;
  if (!type) throw wrongKind(file);
  const isText = encrypted && kind !== 'pkcs8-encrypted';
  const key = (kind === 'pkcs8' && asVersionOne(content)?.der) || content;
  const input: PrivateKeyInput = isText ? { key } : { key, format: 'der', type };
  let der: Buffer;
  try {
    der = createPrivateKey(encrypted ? { ...input, passphrase: passphrase ?? '' } : input).export({
      type: 'pkcs8',
      format: 'der',
    });
  } catch (error) {
    if (encrypted) throw notOpened(place, error as NodeJS.ErrnoException);
    if (kind === 'pkcs8') explain(place, () => checkPkcs8(content));
    throw isWellFormed(content) ? unusable(place) : damaged(place, encoding);
  }
  explain(place, () => checkPkcs8(der));
  return der;
}

/** Whether the key is stored byte for byte as the file has it. @param stored hex digits */
export function isAsStored({ encoding, content }: KeyFile, stored: string): boolean {
  return encoding === 'der' && content.toString('hex') === stored;
}

function wrongKind({ place, kind, encoding, content }: KeyFile, belongs?: string): CredentialFileError {
  if (typeof kind === 'object') return new CredentialFileError(place, holdsShape(kind, 'key', belongs));
  return new CredentialFileError(place, holds(kind, 'key', kind && remedyOf(kind, 'key', encoding, content), belongs));
}

function isWellFormed(der: Buffer): boolean {
  try {
    return checkDer(der) > 0;
  } catch {
    return false;
  }
}

function damaged(place: FilePlace, encoding: string): CredentialFileError {
  const file = `${encoding.toUpperCase()} file`;
  return new CredentialFileError(place, `the private key in this ${file} is damaged; get the file again`);
}

function unusable(place: FilePlace): CredentialFileError {
  return new CredentialFileError(place, 'cannot be used as a private key; make a new one of type RSA or EC P-256');
}

function notOpened(place: FilePlace, { code = '' }: NodeJS.ErrnoException): CredentialFileError {
  if (/UNSUPPORTED/.test(code)) {
    const command = 'openssl pkcs8 -topk8 -nocrypt -provider legacy -provider default -in FILE -out FILE.p8';
    return new CredentialFileError(place, `is encrypted in a way that is no longer supported; convert it: ${command}`);
  }
  return new CredentialFileError(place, 'the pass-phrase does not open this key; check it, or get the file again');
}
