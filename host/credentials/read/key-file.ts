import { createPrivateKey, type PrivateKeyInput } from 'node:crypto';
import { checkPkcs8, identifyKey, isPem, type KeyFormatName } from '../../core/index.js';
import { explain } from './certificate-file.js';
import { CredentialFileError, type FilePlace, readBytes } from './credential-file.js';
import { FORMAT_NAMES, isKind } from './format-names.js';
import { pemBlocks } from './pem-and-der.js';

/** A private key as its file holds it, not yet converted. */
export interface KeyFile {
  readonly place: FilePlace;
  readonly encoding: 'pem' | 'der';
  readonly format: KeyFormatName;
  /** whether it takes a pass-phrase to open it */
  readonly encrypted: boolean;
  /** the DER file, or the text of the PEM block */
  readonly content: Buffer;
}

const PEM_FORMATS: Record<string, KeyFormatName> = {
  'PRIVATE KEY': 'pkcs8',
  'ENCRYPTED PRIVATE KEY': 'pkcs8-encrypted',
  'EC PRIVATE KEY': 'sec1',
  'RSA PRIVATE KEY': 'pkcs1',
};

/** Reads a key file, PEM or DER, without opening the key. @throws CredentialFileError when it cannot be read, or is PEM without a key */
export function openKeyFile(place: FilePlace): KeyFile {
  const bytes = readBytes(place);
  if (!isPem(bytes)) {
    const format = isKind(bytes, 'pkcs8') ? 'pkcs8' : identifyKey(bytes);
    return { place, encoding: 'der', format, encrypted: format === 'pkcs8-encrypted', content: bytes };
  }
  const [{ text, label }] = pemBlocks(place, bytes, 'PRIVATE KEY', 'private key');
  const format = PEM_FORMATS[label] ?? 'unknown';
  // OpenSSL's old way of encrypting keeps the label of an unencrypted key.
  const encrypted = format === 'pkcs8-encrypted' || /^Proc-Type: 4,ENCRYPTED/m.test(text);
  return { place, encoding: 'pem', format, encrypted, content: Buffer.from(text, 'latin1') };
}

/**
 * The DER of a key that is already PKCS#8, as the device wants it. A DER file is returned byte for byte.
 *
 * @throws CredentialFileError for every other key, with the command that converts it
 */
export function plainPkcs8({ place, encoding, format, content }: KeyFile): Buffer {
  if (format !== 'pkcs8') {
    const inform = encoding === 'der' ? '-inform der ' : '';
    throw new CredentialFileError(
      place,
      `holds ${FORMAT_NAMES[format]} where an unencrypted PKCS#8 key belongs; ${adviceFor(format, inform)}`,
    );
  }
  const der = encoding === 'der' ? content : exported(place, { key: content });
  explain(place, () => checkPkcs8(der));
  return der;
}

const DER_TYPES: Partial<Record<KeyFormatName, PrivateKeyInput['type']>> = {
  'pkcs8-encrypted': 'pkcs8',
  pkcs1: 'pkcs1',
  sec1: 'sec1',
};

/**
 * The PKCS#8 DER of any private key. PKCS#1 and SEC1 keys are wrapped and encrypted keys are opened, as
 * `openssl pkcs8 -topk8 -nocrypt` does it.
 *
 * @param passphrase for an encrypted key
 * @throws CredentialFileError when the file does not hold a private key, the key is damaged, or the pass-phrase does not
 *   open it
 */
export function convertedPkcs8(file: KeyFile, passphrase?: string): Buffer {
  const { place, encoding, format, encrypted, content } = file;
  if (format === 'pkcs8') return plainPkcs8(file);
  const type = DER_TYPES[format];
  if (!type && encoding === 'der') {
    const reason = `holds ${FORMAT_NAMES[format]} where a private key belongs; ${adviceFor(format)}`;
    throw new CredentialFileError(place, reason);
  }
  const input: PrivateKeyInput = encoding === 'pem' ? { key: content } : { key: content, format: 'der', type };
  const der = exported(place, encrypted ? { ...input, passphrase: passphrase ?? '' } : input);
  explain(place, () => checkPkcs8(der));
  return der;
}

function exported(place: FilePlace, input: PrivateKeyInput): Buffer {
  try {
    return createPrivateKey(input).export({ type: 'pkcs8', format: 'der' });
  } catch (error) {
    throw new CredentialFileError(place, exportFailure(error as NodeJS.ErrnoException, input));
  }
}

function exportFailure({ code = '' }: NodeJS.ErrnoException, { passphrase, format = 'pem' }: PrivateKeyInput): string {
  if (passphrase === undefined) {
    return `the private key in this ${format.toUpperCase()} file is damaged; get the file again`;
  }
  if (/UNSUPPORTED/.test(code)) {
    const command = 'openssl pkcs8 -topk8 -nocrypt -provider legacy -provider default -in FILE -out FILE.p8';
    return `is encrypted in a way that is no longer supported; convert it: ${command}`;
  }
  return 'the pass-phrase does not open this key; check it, or get the file again';
}

function adviceFor(format: KeyFormatName, inform = ''): string {
  if (format === 'pkcs1' || format === 'sec1' || format === 'pkcs8-encrypted') {
    return `convert it: openssl pkcs8 -topk8 -nocrypt ${inform}-in FILE -out FILE.p8`;
  }
  return format === 'certificate' ? 'give the private key that belongs to it' : 'give a PEM or DER key';
}
