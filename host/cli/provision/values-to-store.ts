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
import { type CredentialOptions, valuesOf } from '../options/credential-options.js';
import { keySource, lineSource, type ValueSource } from '../output/curl-commands.js';
import { passphraseFor } from './passphrase.js';

export interface ProvisionFiles extends CredentialOptions {
  keyPassphraseFile?: string;
}

/** What the options stand for, ready to be stored. */
export interface GivenValues {
  values: (NewValue & { key: ConfigKey })[];
  /** the commands that print a secret */
  sources: Partial<Record<ConfigKey, ValueSource>>;
}

/**
 * Reads and converts all files: any private key becomes PKCS#8, the certificates of the device come in the order of TLS.
 * What is wrong with them beyond their form is for the checks to tell.
 *
 * @throws CredentialFileError, UserError
 */
export async function givenValues(options: ProvisionFiles): Promise<GivenValues> {
  const keyFile = options.key === undefined ? undefined : openKeyFile({ option: '--key', path: options.key });
  const passphrase = keyFile && (await passphraseFor(keyFile, options.keyPassphraseFile));
  const found = valuesOf(options, {
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

/** The place of a value for people: the option that gave it, with its file. */
export function placeOf(key: ConfigKey, options: ProvisionFiles): string | undefined {
  const given: Partial<Record<ConfigKey, string | undefined>> = {
    'broker-host': options.brokerHost && '--broker-host',
    'broker-port': options.brokerPort === undefined ? undefined : '--broker-port',
    'client-id': options.clientId && '--client-id',
    'root-CA': options.rootCa && `--root-ca ${options.rootCa}`,
    cert: options.cert && `--cert ${options.cert}`,
    private_key: options.key && `--key ${options.key}`,
    username: options.username && '--username',
    password: options.passwordFile && `--password-file ${options.passwordFile}`,
  };
  return given[key];
}
