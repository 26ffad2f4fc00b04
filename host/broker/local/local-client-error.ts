/**
 * `refused`: the broker refused the request. `queue-full`: too many requests wait, because nobody waited for their promises.
 * `closed`: the connection has ended. `invalid`: MQTT or the broker does not allow the request.
 */
export type LocalClientErrorCode = 'refused' | 'queue-full' | 'closed' | 'invalid';

/**
 * Why a request of a local client failed.
 *
 * @example
 * ```ts
 * import { createBroker, LocalClientError, type LocalClientErrorCode } from 'wasmqtt/broker';
 *
 * const broker = await createBroker();
 * const client = await broker.local.connect();
 * const codes: LocalClientErrorCode[] = [];
 * await client.close();
 * try {
 *   await client.publish('sensor/1', '21.5');
 * } catch (error) {
 *   if (!(error instanceof LocalClientError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'closed' ]
 * await broker.close();
 * ```
 */
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
