import type { ListenFailureCode } from '../../node/listen-failure.js';

/** The REST API could not be started. The message names host and port, and says what to do. */
export class CloudStartError extends Error {
  readonly code: ListenFailureCode;

  constructor(code: ListenFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CloudStartError';
    this.code = code;
  }
}
