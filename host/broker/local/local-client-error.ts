/**
 * `refused`: the broker refused the request. `queue-full`: too many requests wait, because nobody waited for their promises.
 * `closed`: the connection has ended. `invalid`: MQTT or the broker does not allow the request.
 */
export type LocalClientErrorCode = 'refused' | 'queue-full' | 'closed' | 'invalid';

/** Why a request of a local client failed. */
export class LocalClientError extends Error {
  readonly code: LocalClientErrorCode;
  /** Of MQTT 5 (2.4), when the broker refused. */
  readonly reasonCode: number | undefined;

  constructor(code: LocalClientErrorCode, message: string, reasonCode?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LocalClientError';
    this.code = code;
    this.reasonCode = reasonCode;
  }
}
