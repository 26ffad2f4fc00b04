import type { ListenFailureCode } from '../../../node/listen-failure.js';

/** Why the status server could not start: `options` contradict each other, the others are about the address. */
export class StatusServerError extends Error {
  readonly code: ListenFailureCode | 'options';

  constructor(code: ListenFailureCode | 'options', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StatusServerError';
    this.code = code;
  }
}
