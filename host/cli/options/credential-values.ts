import { hexDecode, hexEncode, splitDer } from '../../core/index.js';
import { type ConfigKey, type FilePlace, readSecretLine, usableRoots } from '../../credentials/index.js';
import type { CredentialOptions } from './credential-options.js';

/** Values by key, as the documents name and store them. */
export type CredentialValues = Partial<Record<ConfigKey, string>>;

/** How a command reads certificates and keys: what it converts, and what it checks while it reads. */
export interface CredentialReaders {
  /** DER of each root certificate */
  roots(file: FilePlace): Buffer[];
  /** DER of the device's certificate, followed by its issuers, and the PKCS#8 DER of its key */
  pair(certificate: FilePlace, key: FilePlace): { chain: Buffer[]; key: Buffer };
}

/**
 * The values that the options stand for, as the documents store them: certificates and key as the hex of DER.
 *
 * @throws CredentialFileError with option and file, for a file that cannot be read or does not hold what it should
 */
export function credentialValues(options: CredentialOptions, read: CredentialReaders): CredentialValues {
  const values: CredentialValues = {};
  const put = (key: ConfigKey, value: string | undefined) => {
    if (value !== undefined) values[key] = value;
  };
  put('broker-host', options.brokerHost);
  put('broker-port', options.brokerPort?.toString());
  put('client-id', options.clientId);
  put('username', options.username);
  if (options.rootCa) {
    put('root-CA', hexEncode(Buffer.concat(read.roots({ option: '--root-ca', path: options.rootCa }))));
  }
  if (options.cert && options.key) {
    const { chain, key } = read.pair({ option: '--cert', path: options.cert }, { option: '--key', path: options.key });
    put('cert', hexEncode(Buffer.concat(chain)));
    put('private_key', hexEncode(key));
  }
  if (options.passwordFile) {
    put('password', readSecretLine({ option: '--password-file', path: options.passwordFile }, 'password'));
  }
  return values;
}

/**
 * Values without the roots that a device cannot use: a bundle with one that has expired is as good as one without it.
 *
 * @param now milliseconds since 1970
 */
export function withUsableRoots(values: CredentialValues, now: number): CredentialValues {
  const roots = values['root-CA'];
  if (roots === undefined) return values;
  return { ...values, 'root-CA': hexEncode(Buffer.concat(usableRoots(splitDer(hexDecode(roots)), now))) };
}
