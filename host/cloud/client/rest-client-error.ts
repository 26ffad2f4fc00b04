/**
 * What a {@link CloudClientError} is about:
 * - `invalid-address`: the base address is none of a REST API; nothing was sent
 * - `invalid-key`: the key cannot be written into an address; nothing was sent
 * - `unreachable`: there was no answer, or not all of it, in time
 * - `aborted`: the caller's signal ended the call
 * - `unauthorized`: account SID and token are not accepted (401, 403)
 * - `not-found`, `already-exists`: the store's state does not fit the call (404, 409)
 * - `refused`: the server does not take the request (any other status below 500)
 * - `server-error`: the server failed (500 and more)
 * - `unexpected-answer`: what answers is no such REST API
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
  /** the key that it was about */
  key?: string;
  /** of HTTP, when there was an answer */
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

/** A REST call that failed. The message names address, status and key, and says what to do; it never holds a value. */
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

  /** Whether the server may have done what it was asked for: only a refusal, or nothing sent, says that it has not. */
  get mayBeDone(): boolean {
    return !REFUSALS.includes(this.code);
  }
}
