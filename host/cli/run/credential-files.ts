/** The files that options name: certificates, keys and passwords, read, checked and converted to what the stores hold. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkPkcs8, DerError, identifyKey, type KeyFormatName, readCertificate } from '../../core/index.js';
import { UserError } from '../errors.js';

const UNREADABLE: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'its permissions do not allow it',
};

function readFile(option: string, file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${option} ${file}: cannot be read: ${UNREADABLE[code] ?? message}; give the path of a file that you may read`,
    );
  }
  if (bytes.length === 0) throw new UserError(`${option} ${file}: is empty; give the file with its content`);
  return bytes;
}

/** PEM may begin with text for people; DER always begins with a SEQUENCE. */
function isPem(bytes: Buffer): boolean {
  return bytes[0] !== 0x30 && bytes.includes('-----BEGIN ');
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** The blocks whose label ends like this, at least one. `wanted` says what they hold. */
function pemBlocks(option: string, file: string, text: string, label: string, wanted: string): RegExpMatchArray[] {
  const blocks = [...text.matchAll(PEM_BLOCK)].filter(([, found]) => found.endsWith(label));
  const begun = text.match(new RegExp(`-----BEGIN [A-Z0-9 ]*${label}-----`, 'g'))?.length ?? 0;
  if (begun > blocks.length) {
    throw new UserError(`${option} ${file}: is cut off, a line END ${label} is missing; get the whole file again`);
  }
  if (blocks.length > 0) return blocks;
  throw new UserError(
    `${option} ${file}: there is no ${wanted} in this PEM file; give the file with a line BEGIN ${label}`,
  );
}

const NAMES: Record<KeyFormatName, string> = {
  pkcs8: 'a PKCS#8 key',
  'pkcs8-encrypted': 'an encrypted key',
  pkcs1: 'a PKCS#1 key',
  sec1: 'a SEC1 (EC) key',
  'public-key': 'a public key',
  'certificate-request': 'a certification request',
  crl: 'a CRL',
  pem: 'PEM text',
  certificate: 'a certificate',
  base64: 'base64 text',
  hex: 'hex text',
  unknown: 'something else',
};

/** DER that is damaged looks like nothing known; the strict reader says what is wrong with it. */
function isKind(bytes: Buffer, kind: KeyFormatName): boolean {
  const found = identifyKey(bytes);
  return found === kind || (found === 'unknown' && bytes[0] === 0x30);
}

/**
 * The DER of all certificates of a PEM or DER file, one after the other.
 *
 * @throws UserError also when one has expired or is not yet valid at `now` (milliseconds since 1970)
 */
export function readChain(option: string, file: string, now: number): Buffer {
  const bytes = readFile(option, file);
  const der = isPem(bytes) ? pemCertificates(option, file, bytes.toString('latin1')) : bytes;
  if (!isKind(der, 'certificate')) {
    const found = NAMES[identifyKey(der)];
    throw new UserError(`${option} ${file}: holds ${found} where a certificate belongs; give a PEM or DER certificate`);
  }
  for (let at = 0; at < der.length; ) {
    const certificate = explain(option, file, () => readCertificate(der.subarray(at)));
    const { notBefore, notAfter } = certificate;
    if (now > notAfter.getTime()) {
      throw new UserError(
        `${option} ${file}: the certificate expired on ${notAfter.toISOString()}; give a renewed one, or check this machine's clock`,
      );
    }
    if (now < notBefore.getTime()) {
      throw new UserError(
        `${option} ${file}: the certificate is not valid before ${notBefore.toISOString()}; check its dates and this machine's clock`,
      );
    }
    at += certificate.length;
  }
  return der;
}

function pemCertificates(option: string, file: string, text: string): Buffer {
  return Buffer.concat(
    pemBlocks(option, file, text, 'CERTIFICATE', 'certificate').map(([block]) => {
      try {
        return new X509Certificate(block).raw;
      } catch {
        throw new UserError(`${option} ${file}: a certificate in this PEM file is damaged; get the file again`);
      }
    }),
  );
}

const PEM_KEYS: Record<string, KeyFormatName> = {
  'ENCRYPTED PRIVATE KEY': 'pkcs8-encrypted',
  'EC PRIVATE KEY': 'sec1',
  'RSA PRIVATE KEY': 'pkcs1',
};

/** The DER of an unencrypted PKCS#8 key, from PEM or DER. @throws UserError */
export function readKey(option: string, file: string): Buffer {
  const bytes = readFile(option, file);
  const der = isPem(bytes) ? pemKey(option, file, bytes.toString('latin1')) : bytes;
  if (!isKind(der, 'pkcs8')) throw wrongKey(option, file, identifyKey(der), '-inform der ');
  explain(option, file, () => checkPkcs8(der));
  return der;
}

function pemKey(option: string, file: string, text: string): Buffer {
  const [[block, label]] = pemBlocks(option, file, text, 'PRIVATE KEY', 'private key');
  if (label !== 'PRIVATE KEY') throw wrongKey(option, file, PEM_KEYS[label] ?? 'unknown', '');
  try {
    return createPrivateKey(block).export({ type: 'pkcs8', format: 'der' });
  } catch {
    throw new UserError(`${option} ${file}: the private key in this PEM file is damaged; get the file again`);
  }
}

function wrongKey(option: string, file: string, found: KeyFormatName, inform: string): UserError {
  const convertible = found === 'pkcs1' || found === 'sec1' || found === 'pkcs8-encrypted';
  const advice = convertible
    ? `convert it: openssl pkcs8 -topk8 -nocrypt ${inform}-in FILE -out FILE.p8`
    : found === 'certificate'
      ? 'give the private key that belongs to it'
      : 'give a PEM or DER key';
  return new UserError(`${option} ${file}: holds ${NAMES[found]} where an unencrypted PKCS#8 key belongs; ${advice}`);
}

/** Turns a DER error into a sentence with the file. */
function explain<T>(option: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new UserError(`${option} ${file}: ${error.message}`);
    throw error;
  }
}

/** @throws UserError when the key is not that of the first certificate; `files` for the message */
export function checkPair(chain: Buffer, key: Buffer, files: { cert: string; key: string }): void {
  let belongs: boolean;
  try {
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    belongs = new X509Certificate(chain).checkPrivateKey(privateKey);
  } catch {
    throw new UserError(`--key ${files.key}: cannot be used as a private key; make a new one of type RSA or EC P-256`);
  }
  if (belongs) return;
  throw new UserError(
    `--key ${files.key}: does not belong to the certificate in ${files.cert}; give the key that the certificate was made for`,
  );
}

/** The password that is alone in a file; a line end at its end is no part of it. @throws UserError */
export function readPassword(file: string): string {
  const password = readFile('--password-file', file)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new UserError(`--password-file ${file}: is empty; write the password into its first line`);
  if (/[\r\n]/.test(password)) {
    throw new UserError(`--password-file ${file}: has more than one line; it must hold the password alone`);
  }
  return password;
}
