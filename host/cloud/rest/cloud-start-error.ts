import type { ListenFailureCode } from '../../node/listen-failure.js';

/** Why the REST API could not start: `options` do not go together, `tls` files cannot be used, `audit` is about the log's file, the others about the address. */
export type CloudStartErrorCode = ListenFailureCode | 'options' | 'tls' | 'audit';

/** The REST API could not be started. The message says what is wrong, where, and what to do. */
export class CloudStartError extends Error {
  readonly code: CloudStartErrorCode;

  constructor(code: CloudStartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CloudStartError';
    this.code = code;
  }
}
