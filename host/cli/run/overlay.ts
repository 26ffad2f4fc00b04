import type { ConfigRequest, ConfigSource } from '../../cloud/index.js';
import { hexEncode } from '../../core/index.js';
import { type ConfigKey, isConfigKey, ruleOf } from '../../credentials/keys.js';
import { checkPair, readChain, readKey, readPassword } from './credential-files.js';

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
  const chain = options.cert && readChain('--cert', options.cert, now);
  const key = options.key && readKey('--key', options.key);
  if (chain) put('cert', hexEncode(chain));
  if (key) put('private_key', hexEncode(key));
  if (chain && key) checkPair(chain, key, options as { cert: string; key: string });
  if (options.passwordFile) put('password', readPassword(options.passwordFile));
  return overlay;
}

/** The overlay first, then `below`; keys in `hidden` are not looked for below. */
export function overlaid(below: ConfigSource, overlay: Overlay, hidden: ReadonlySet<string>): ConfigSource {
  return {
    async fetch(items: ConfigRequest[]) {
      const found = await below.fetch(items);
      return items.map((item, index) => {
        const value = isConfigKey(item.key) && ruleOf(item.key).store === item.store ? overlay[item.key] : undefined;
        if (value !== undefined) return { result: 'ok', value };
        return hidden.has(item.key) ? { result: 'keyNotFound' } : found[index];
      });
    },
  };
}
