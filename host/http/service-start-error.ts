import type { ListenFailureCode } from '../node/listen-failure.js';

/** Why a service could not start: `options` do not go together, `tls` files cannot be used, `audit` is about the log's file, the others about the address. */
export type ServiceStartErrorCode = ListenFailureCode | 'options' | 'tls' | 'audit';

/** A service over HTTP could not be started. The message says what is wrong, where, and what to do. */
export class ServiceStartError extends Error {
  readonly code: ServiceStartErrorCode;

  constructor(code: ServiceStartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServiceStartError';
    this.code = code;
  }
}
