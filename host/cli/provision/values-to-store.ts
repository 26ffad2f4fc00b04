import type { NewValue, StoreName } from '../../cloud/index.js';
import {
  CONFIG_KEYS,
  type ConfigKey,
  convertedPkcs8,
  inChainOrder,
  type KeyFile,
  openKeyFile,
  readCertificateFile,
  readRootFile,
  ruleOf,
} from '../../credentials/index.js';
import type { CredentialOptions } from '../options/credential-options.js';
import { type CredentialValues, credentialValues, withUsableRoots } from '../options/credential-values.js';
import { keySource, lineSource, type ValueSource } from '../output/curl-commands.js';
import { passphraseFor } from './passphrase.js';

export interface ProvisionFiles extends CredentialOptions {
  keyPassphraseFile?: string;
}

/** The values that the options stand for, ready to be stored. */
export interface ValuesToStore {
  values: (NewValue & { key: ConfigKey })[];
  /** the same as the files have them, with roots that are not usable, for the checks */
  given: (NewValue & { key: ConfigKey })[];
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
    roots: readRootFile,
    pair(certificates) {
      const key = convertedPkcs8(keyFile as KeyFile, passphrase);
      return { key, chain: inChainOrder(readCertificateFile(certificates), key) };
    },
  });
  const listed = (values: CredentialValues) =>
    CONFIG_KEYS.flatMap((key) => {
      const value = values[key];
      return value === undefined ? [] : [{ store: storeOf(key), key, value }];
    });
  return {
    values: listed(withUsableRoots(found, Date.now())),
    given: listed(found),
    sources: {
      ...(keyFile && { private_key: keySource(keyFile, found.private_key ?? '', options.keyPassphraseFile) }),
      ...(options.passwordFile && { password: lineSource(options.passwordFile) }),
    },
  };
}

export function storeOf(key: ConfigKey): StoreName {
  return `${ruleOf(key).store}s`;
}
