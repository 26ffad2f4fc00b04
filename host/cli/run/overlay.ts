import type { ConfigRequest, ConfigSource } from '../../cloud/index.js';
import { hexEncode } from '../../core/index.js';
import { checkDates, checkPair, inChainOrder, readCertificateFile } from '../../credentials/certificate-file.js';
import { readSecretLine } from '../../credentials/files.js';
import { openKeyFile, plainPkcs8 } from '../../credentials/key-file.js';

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
 * @throws CredentialFileError naming option and file, for a file that cannot be read or does not hold what it should
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
  if (options.rootCa) put('root-CA', hexEncode(Buffer.concat(current('--root-ca', options.rootCa, now))));
  if (options.cert && options.key) {
    const certificates = current('--cert', options.cert, now);
    const place = { option: '--key', path: options.key };
    const key = plainPkcs8(openKeyFile(place));
    const chain = inChainOrder(certificates, key);
    checkPair(chain[0], key, place, options.cert);
    put('cert', hexEncode(Buffer.concat(chain)));
    put('private_key', hexEncode(key));
  }
  if (options.passwordFile) {
    put('password', readSecretLine({ option: '--password-file', path: options.passwordFile }, 'password'));
  }
  return overlay;
}

/** The certificates of a file, all within their dates. */
function current(option: string, path: string, now: number): Buffer[] {
  const certificates = readCertificateFile({ option, path });
  checkDates({ option, path }, certificates, now);
  return certificates;
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
