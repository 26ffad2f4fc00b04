import type { NewValue, StoreName } from '../../cloud/index.js';
import {
  CONFIG_KEYS,
  type ConfigKey,
  convertedPkcs8,
  inChainOrder,
  type KeyFile,
  openKeyFile,
  readCertificateFile,
  ruleOf,
} from '../../credentials/index.js';
import type { CredentialOptions } from '../options/credential-options.js';
import { credentialValues } from '../options/credential-values.js';
import { keySource, lineSource, type ValueSource } from '../output/curl-commands.js';
import { passphraseFor } from './passphrase.js';

export interface ProvisionFiles extends CredentialOptions {
  keyPassphraseFile?: string;
}

/** The values that the options stand for, ready to be stored. */
export interface ValuesToStore {
  values: (NewValue & { key: ConfigKey })[];
  /** shell commands that print a secret's value */
  sources: Partial<Record<ConfigKey, ValueSource>>;
}

/**
 * Reads and converts all files: any private key becomes PKCS#8, and the device's certificates are put in the order of TLS.
 * Only their form is checked here.
 *
 * @throws CredentialFileError, UserError
 */
export async function valuesToStore(options: ProvisionFiles): Promise<ValuesToStore> {
  const keyFile = options.key === undefined ? undefined : openKeyFile({ option: '--key', path: options.key });
  const passphrase = keyFile && (await passphraseFor(keyFile, options.keyPassphraseFile));
  const found = credentialValues(options, {
    roots: readCertificateFile,
    pair(certificates) {
      const key = convertedPkcs8(keyFile as KeyFile, passphrase);
      return { key, chain: inChainOrder(readCertificateFile(certificates), key) };
    },
  });
  return {
    values: CONFIG_KEYS.flatMap((key) => {
      const value = found[key];
      return value === undefined ? [] : [{ store: storeOf(key), key, value }];
    }),
    sources: {
      ...(keyFile && { private_key: keySource(keyFile, options.keyPassphraseFile) }),
      ...(options.passwordFile && { password: lineSource(options.passwordFile) }),
    },
  };
}

export function storeOf(key: ConfigKey): StoreName {
  return `${ruleOf(key).store}s`;
}

/** The place of a value in words: the option that it came from, with its file. */
export function placeOf(key: ConfigKey, options: ProvisionFiles): string | undefined {
  const places: Partial<Record<ConfigKey, string | undefined>> = {
    'broker-host': options.brokerHost && '--broker-host',
    'broker-port': options.brokerPort === undefined ? undefined : '--broker-port',
    'client-id': options.clientId && '--client-id',
    'root-CA': options.rootCa && `--root-ca ${options.rootCa}`,
    cert: options.cert && `--cert ${options.cert}`,
    private_key: options.key && `--key ${options.key}`,
    username: options.username && '--username',
    password: options.passwordFile && `--password-file ${options.passwordFile}`,
  };
  return places[key];
}
