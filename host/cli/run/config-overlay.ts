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
import { type CredentialOptions, type CredentialValues, valuesOf } from '../options/credential-options.js';

/**
 * The values that the options of a run stand for. A run takes the key as the device wants it, and nothing that the broker
 * would refuse.
 *
 * @param now milliseconds since 1970
 * @throws CredentialFileError, also for a certificate outside its dates and a key that is not its own
 */
export function overlayOf(options: CredentialOptions, now: number): CredentialValues {
  const current = (file: FilePlace) => {
    const certificates = readCertificateFile(file);
    checkFileDates(file, certificates, now);
    return certificates;
  };
  return valuesOf(options, {
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

/** The overlay first, then `below`; keys in `hidden` are not looked for below. */
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
