/**
 * What a {@link CloudClientError} is about:
 * - `invalid-address`: the base address cannot be that of a REST API; nothing was sent
 * - `invalid-key`: the key cannot be written into an address; nothing was sent
 * - `unreachable`: no answer came, or not all of it in time
 * - `aborted`: the caller's signal ended the call
 * - `unauthorized`: the server does not accept account SID and token (401, 403)
 * - `not-found`, `already-exists`: the store's state does not fit the call (404, 409)
 * - `refused`: the server refused the request for another reason (any other status below 500)
 * - `server-error`: the server failed (500 and more)
 * - `unexpected-answer`: what answers is not this REST API
 */
export type CloudClientErrorCode =
  | 'invalid-address'
  | 'invalid-key'
  | 'unreachable'
  | 'aborted'
  | 'unauthorized'
  | 'not-found'
  | 'already-exists'
  | 'refused'
  | 'server-error'
  | 'unexpected-answer';

/** What is known about a call that failed. */
export interface FailedCall {
  /** for example `POST http://127.0.0.1:8180/v1/Configs` */
  request?: string;
  /** the key that the call was about */
  key?: string;
  /** the HTTP status, when there was an answer */
  status?: number;
}

const REFUSALS: readonly CloudClientErrorCode[] = [
  'invalid-address',
  'invalid-key',
  'unauthorized',
  'not-found',
  'already-exists',
  'refused',
];

/**
 * A REST call that failed. The message names address, status and key, and says what to do; it never holds a value.
 *
 * @example
 * ```ts
 * import { CloudClient, CloudClientError, type CloudClientErrorCode } from 'wasmqtt/cloud';
 *
 * const codes: CloudClientErrorCode[] = [];
 * try {
 *   new CloudClient({ url: 'ftp://cloud.example.com', accountSid: `AC${'1'.repeat(32)}`, authToken: '' });
 * } catch (error) {
 *   if (!(error instanceof CloudClientError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'invalid-address' ]
 * ```
 */
export class CloudClientError extends Error {
  readonly code: CloudClientErrorCode;
  readonly request?: string;
  readonly key?: string;
  readonly status?: number;

  constructor(code: CloudClientErrorCode, message: string, call: FailedCall = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CloudClientError';
    this.code = code;
    this.request = call.request;
    this.key = call.key;
    this.status = call.status;
  }

  /** Whether the server may have done what it was asked for. It has not if it refused, or if nothing was sent. */
  get mayBeDone(): boolean {
    return !REFUSALS.includes(this.code);
  }
}
