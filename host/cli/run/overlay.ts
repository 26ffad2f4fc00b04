import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConfigRequest, ConfigSource } from '../../cloud/index.js';
import { checkPkcs8, DerError, hexEncode, identifyKey, type KeyFormatName, readCertificate } from '../../core/index.js';
import { UserError } from '../errors.js';

/** The keys under which the documents store a device's configuration, with the store of each. */
export const STORE_OF = {
  'broker-host': 'config',
  'broker-port': 'config',
  'client-id': 'config',
  'root-CA': 'config',
  cert: 'config',
  private_key: 'secret',
  username: 'config',
  password: 'secret',
} as const;

export type ConfigKey = keyof typeof STORE_OF;
export type Overlay = Partial<Record<ConfigKey, string>>;

/** Options of `wasmqtt run` that stand for keys of the stores. */
export interface CredentialOptions {
  brokerHost?: string;
  brokerPort?: number;
  clientId?: string;
  rootCa?: string;
  cert?: string;
  key?: string;
  username?: string;
  passwordFile?: string;
}

/**
 * The values that the options stand for, as the documents would store them: hex of DER for certificates and key.
 *
 * @throws UserError naming option and file, for a file that cannot be read or does not hold what it should
 */
export function overlayOf(options: CredentialOptions, now: number): Overlay {
  const overlay: Overlay = {};
  const put = (key: ConfigKey, value: string | undefined) => {
    if (value !== undefined) overlay[key] = value;
  };
  put('broker-host', options.brokerHost);
  put('broker-port', options.brokerPort?.toString());
  put('client-id', options.clientId);
  put('username', options.username);
  if (options.rootCa) put('root-CA', hexEncode(readChain('--root-ca', options.rootCa, now)));
  if (options.cert) put('cert', hexEncode(readChain('--cert', options.cert, now)));
  if (options.key) put('private_key', hexEncode(readKey('--key', options.key)));
  if (options.cert && options.key) checkPair(options.cert, options.key, overlay);
  if (options.passwordFile) put('password', readPassword(options.passwordFile));
  return overlay;
}

/** The overlay first, then `below`; keys in `hidden` are not looked for below. */
export function overlaid(below: ConfigSource, overlay: Overlay, hidden: ReadonlySet<string>): ConfigSource {
  return {
    async fetch(items: ConfigRequest[]) {
      const found = await below.fetch(items);
      return items.map((item, index) => {
        const value = overlay[item.key as ConfigKey];
        if (value !== undefined && STORE_OF[item.key as ConfigKey] === item.store) return { result: 'ok', value };
        return hidden.has(item.key) ? { result: 'keyNotFound' } : found[index];
      });
    },
  };
}

function readFile(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new UserError(`${option} ${file}: cannot be read: ${reason}; give the path of an existing file`);
  }
}

/** PEM may begin with text for people; DER always begins with a SEQUENCE. */
function isPem(bytes: Buffer): boolean {
  return bytes[0] !== 0x30 && bytes.includes('-----BEGIN ');
}

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** The DER of all certificates of a PEM or DER file, one after the other. */
function readChain(option: string, file: string, now: number): Buffer {
  const bytes = readFile(option, file);
  const der = isPem(bytes) ? pemCertificates(option, file, bytes.toString('latin1')) : bytes;
  const kind = identifyKey(der);
  if (kind !== 'certificate') {
    throw new UserError(
      `${option} ${file}: holds ${NAMES[kind]} where a certificate belongs; give a PEM or DER certificate`,
    );
  }
  for (let at = 0; at < der.length; ) {
    const certificate = explain(option, file, () => readCertificate(der.subarray(at)));
    const { notBefore, notAfter } = certificate;
    if (now > notAfter.getTime()) {
      throw new UserError(
        `${option} ${file}: the certificate expired on ${notAfter.toISOString()}; give a renewed one`,
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
  const blocks = [...text.matchAll(PEM_BLOCK)].filter(([, label]) => label === 'CERTIFICATE');
  if (blocks.length === 0)
    throw new UserError(
      `${option} ${file}: there is no certificate in this PEM file; give the file with BEGIN CERTIFICATE`,
    );
  return Buffer.concat(
    blocks.map(([block]) => {
      try {
        return new X509Certificate(block).raw;
      } catch (error) {
        throw new UserError(
          `${option} ${file}: a certificate in this PEM file is damaged: ${(error as Error).message}`,
        );
      }
    }),
  );
}

const WRAP = 'openssl pkcs8 -topk8 -nocrypt -in FILE -out FILE.p8';
const NAMES: Record<KeyFormatName, string> = {
  pkcs8: 'a PKCS#8 key',
  'pkcs8-encrypted': 'an encrypted key',
  pkcs1: 'a PKCS#1 key',
  sec1: 'a SEC1 (EC) key',
  pem: 'PEM text',
  certificate: 'a certificate',
  base64: 'base64 text',
  hex: 'hex text',
  unknown: 'something else',
};

const PEM_KEYS: Record<string, KeyFormatName> = {
  'ENCRYPTED PRIVATE KEY': 'pkcs8-encrypted',
  'EC PRIVATE KEY': 'sec1',
  'RSA PRIVATE KEY': 'pkcs1',
};

/** The DER of an unencrypted PKCS#8 key, from PEM or DER. */
function readKey(option: string, file: string): Buffer {
  const bytes = readFile(option, file);
  const der = isPem(bytes) ? pemKey(option, file, bytes.toString('latin1')) : bytes;
  const kind = identifyKey(der);
  if (kind !== 'pkcs8') {
    throw new UserError(
      `${option} ${file}: holds ${NAMES[kind]} where an unencrypted PKCS#8 key belongs; convert it: ${WRAP}`,
    );
  }
  explain(option, file, () => checkPkcs8(der));
  return der;
}

function pemKey(option: string, file: string, text: string): Buffer {
  const blocks = [...text.matchAll(PEM_BLOCK)].filter(([, label]) => label.endsWith('PRIVATE KEY'));
  if (blocks.length === 0)
    throw new UserError(
      `${option} ${file}: there is no private key in this PEM file; give the file with BEGIN PRIVATE KEY`,
    );
  const [block, label] = blocks[0];
  if (label !== 'PRIVATE KEY') {
    const what = PEM_KEYS[label] ? NAMES[PEM_KEYS[label]] : `a ${label}`;
    throw new UserError(
      `${option} ${file}: holds ${what} where an unencrypted PKCS#8 key belongs; convert it: ${WRAP}`,
    );
  }
  try {
    return createPrivateKey(block).export({ type: 'pkcs8', format: 'der' });
  } catch (error) {
    throw new UserError(`${option} ${file}: the private key in this PEM file is damaged: ${(error as Error).message}`);
  }
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

function checkPair(certFile: string, keyFile: string, overlay: Overlay): void {
  const certificate = new X509Certificate(Buffer.from(overlay.cert as string, 'hex'));
  const key = createPrivateKey({
    key: Buffer.from(overlay.private_key as string, 'hex'),
    format: 'der',
    type: 'pkcs8',
  });
  if (!certificate.checkPrivateKey(key)) {
    throw new UserError(
      `--key ${keyFile}: does not belong to the certificate in ${certFile}; give the key that the certificate was made for`,
    );
  }
}

function readPassword(file: string): string {
  const password = readFile('--password-file', file)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new UserError(`--password-file ${file}: is empty; write the password into its first line`);
  if (/[\r\n]/.test(password))
    throw new UserError(`--password-file ${file}: has more than one line; it must hold the password alone`);
  return password;
}
