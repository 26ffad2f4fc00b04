import type { ListenFailureCode } from '../../../node/listen-failure.js';

/**
 * Why the status server could not start: `options` contradict each other, the others are about the address.
 *
 * @example
 * ```ts
 * import { createBroker, StatusServerError, startStatusServer } from 'wasmqtt/broker';
 *
 * const broker = await createBroker();
 * try {
 *   await startStatusServer({ state: broker.engine.inspection, version: '1', host: '0.0.0.0', port: 0 });
 * } catch (error) {
 *   if (!(error instanceof StatusServerError)) throw error;
 *   error.code; // => 'options'
 * }
 * await broker.close();
 * ```
 */
export class StatusServerError extends Error {
  readonly code: ListenFailureCode | 'options';

  constructor(code: ListenFailureCode | 'options', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StatusServerError';
    this.code = code;
  }
}
