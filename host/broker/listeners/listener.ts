import type { ListenFailureCode } from '../../node/listen-failure.js';

export type BrokerErrorCode = ListenFailureCode | 'tls' | 'options';

/** Why a broker could not start. The message says what to do. */
export class BrokerError extends Error {
  /** `tls`: certificate, key or CA cannot be used. `options`: they contradict each other. The others: the address. */
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokerError';
    this.code = code;
  }
}

/** A port that is open. */
export interface Listener {
  port: number;
  /** Stops accepting and ends the connections in good order; resolves when all are closed. */
  close(): Promise<void>;
}
