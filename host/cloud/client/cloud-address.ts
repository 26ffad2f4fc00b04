import { quote } from '../store/values/value-limits.js';
import { CloudClientError } from './rest-client-error.js';

/**
 * The base address of a REST API, with `/v1` at its end.
 *
 * @throws CloudClientError `invalid-address`
 *
 * @example
 * ```ts
 * import { cloudAddress } from 'wasmqtt/cloud';
 *
 * cloudAddress('http://127.0.0.1:8180'); // => 'http://127.0.0.1:8180/v1'
 * ```
 */
export function cloudAddress(text: string): string {
  const invalid = (reason: string) =>
    new CloudClientError(
      'invalid-address',
      `${quote(text.replace(/\/\/[^/@]*@/, '//...@'))} ${reason}; give an address such as https://microvisor.twilio.com or http://127.0.0.1:8180`,
    );
  if (!URL.canParse(text)) throw invalid('is not an address');
  const { protocol, origin, pathname, search, hash, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') throw invalid('is not an address of http or https');
  if (username || password) throw invalid('holds a user name or password');
  if (search || hash) throw invalid('has a query or a fragment');
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`;
}

/**
 * Whether the address of a cloud is plain HTTP to another machine: anyone on the way can read the token and the secrets.
 *
 * @example
 * ```ts
 * import { isInTheClear } from 'wasmqtt/cloud';
 *
 * isInTheClear('http://cloud.example.com'); // => true
 * isInTheClear('https://cloud.example.com'); // => false
 * ```
 */
export function isInTheClear(cloud: string): boolean {
  const { protocol, hostname } = new URL(cloudAddress(cloud));
  return protocol !== 'https:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
