import {
  checkFileDates,
  checkFilePair,
  type FilePlace,
  inChainOrder,
  isConfigKey,
  openKeyFile,
  plainPkcs8,
  readCertificateFile,
  ruleOf,
} from '../../credentials/index.js';
import type { ConfigSource } from '../../microvisor/index.js';
import type { CredentialOptions } from '../options/credential-options.js';
import { type CredentialValues, credentialValues } from '../options/credential-values.js';

/**
 * The values that the options of a run stand for. A run accepts only an unencrypted PKCS#8 key, as the device does, and
 * nothing that the broker would refuse.
 *
 * @param now milliseconds since 1970
 * @throws CredentialFileError, also for a certificate outside its dates, or a key that is not its own
 */
export function overlayOf(options: CredentialOptions, now: number): CredentialValues {
  const current = (file: FilePlace) => {
    const certificates = readCertificateFile(file);
    checkFileDates(file, certificates, now);
    return certificates;
  };
  return credentialValues(options, {
    roots: current,
    pair(certificateFile, keyFile) {
      const certificates = current(certificateFile);
      const key = plainPkcs8(openKeyFile(keyFile));
      const chain = inChainOrder(certificates, key);
      checkFilePair(chain[0], key, keyFile, certificateFile.path);
      return { chain, key };
    },
  });
}

/** Looks in the overlay first, then in `below`, but there not for keys in `hidden`. */
export function overlaid(below: ConfigSource, overlay: CredentialValues, hidden: ReadonlySet<string>): ConfigSource {
  return {
    async fetch(items) {
      const found = await below.fetch(items);
      return items.map((item, index) => {
        const value = isConfigKey(item.key) && ruleOf(item.key).store === item.store ? overlay[item.key] : undefined;
        if (value !== undefined) return { result: 'ok', value };
        return hidden.has(item.key) ? { result: 'keyNotFound' } : found[index];
      });
    },
  };
}
