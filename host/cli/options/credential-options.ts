import { hexEncode } from '../../core/index.js';
import { type ConfigKey, type FilePlace, readSecretLine } from '../../credentials/index.js';
import { UsageError } from '../user-error.js';

/** Options that stand for keys of the stores. */
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

/** Values by key, as the documents name and store them. */
export type CredentialValues = Partial<Record<ConfigKey, string>>;

/** How a command reads certificates and keys: what it converts, and what it checks by itself. */
export interface CredentialReaders {
  /** DER of each root certificate */
  roots(file: FilePlace): Buffer[];
  /** DER of the device's certificate with those behind it, and the PKCS#8 DER of its key */
  pair(certificate: FilePlace, key: FilePlace): { chain: Buffer[]; key: Buffer };
}

/**
 * The values that the options stand for, as the documents would store them: hex of DER for certificates and key.
 *
 * @throws CredentialFileError naming option and file, for a file that cannot be read or does not hold what it should
 */
export function valuesOf(options: CredentialOptions, read: CredentialReaders): CredentialValues {
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

const PAIRS: [keyof CredentialOptions, keyof CredentialOptions, string][] = [
  ['cert', 'key', '--cert and --key go together: the device proves with its key that the certificate is its own'],
  ['username', 'passwordFile', '--username and --password-file go together'],
];

/** @throws UsageError for one of two options that go together */
export function checkPairs(options: CredentialOptions): void {
  for (const [first, second, message] of PAIRS) {
    if ((options[first] === undefined) !== (options[second] === undefined)) throw new UsageError(message);
  }
}

/** @throws UsageError for an option whose text is empty; an unset variable of the shell makes such */
export function checkTexts<Flags>(flags: Flags, names: readonly (keyof Flags & string)[]): void {
  const empty = names.find((name) => flags[name] === '');
  if (empty === undefined) return;
  const option = `--${empty.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(`${option}: is empty; give a value, or leave the option out`);
}
