import type { ListenFailureCode } from '../node/listen-failure.js';

/** Why a service could not start: `options` do not go together, `tls` files cannot be used, `audit` is about the log's file, the others about the address. */
export type ServiceStartErrorCode = ListenFailureCode | 'options' | 'tls' | 'audit';

/**
 * A service over HTTP could not be started. The message says what is wrong, where, and what to do.
 *
 * @example
 * ```ts
 * import { CloudStartError, type CloudStartErrorCode, Store, startCloud } from 'wasmqtt/cloud';
 *
 * const store = await Store.open('store');
 * const codes: CloudStartErrorCode[] = [];
 * try {
 *   await startCloud({ store, host: '0.0.0.0' });
 * } catch (error) {
 *   if (!(error instanceof CloudStartError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'options' ]
 * await store.close();
 * ```
 */
export class ServiceStartError extends Error {
  readonly code: ServiceStartErrorCode;

  constructor(code: ServiceStartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServiceStartError';
    this.code = code;
  }
}
