import { isConfigKey, ruleOf } from '../../credentials/examine/store-keys.js';
import { checkDates, checkPair, inChainOrder, readCertificateFile } from '../../credentials/read/certificate-file.js';
import type { FilePlace } from '../../credentials/read/credential-file.js';
import { openKeyFile, plainPkcs8 } from '../../credentials/read/key-file.js';
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
    checkDates(file, certificates, now);
    return certificates;
  };
  return valuesOf(options, {
    roots: current,
    pair(certificateFile, keyFile) {
      const certificates = current(certificateFile);
      const key = plainPkcs8(openKeyFile(keyFile));
      const chain = inChainOrder(certificates, key);
      checkPair(chain[0], key, keyFile, certificateFile.path);
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
