import type { ListenFailureCode } from '../../node/listen-failure.js';
import type { TlsMaterial } from './tls/tls-settings.js';

export type BrokerErrorCode = ListenFailureCode | 'tls' | 'options' | 'closed';

/**
 * Why a broker or a listener could not start, or could not take new certificates. The message says what to do.
 *
 * @example
 * ```ts
 * import { BrokerError, type BrokerErrorCode, createBroker } from 'wasmqtt/broker';
 *
 * const codes: BrokerErrorCode[] = [];
 * const broker = await createBroker({ listeners: [{ protocol: 'mqtt' }] });
 * try {
 *   await createBroker({ listeners: [{ protocol: 'mqtt', port: broker.listeners[0].port }] });
 * } catch (error) {
 *   if (!(error instanceof BrokerError)) throw error;
 *   codes.push(error.code);
 * }
 * codes; // => [ 'address-in-use' ]
 * await broker.close();
 * ```
 */
export class BrokerError extends Error {
  /**
   * `tls`: certificate, key, CA or CRL cannot be used. `options`: they are out of range or contradict each other. `closed`: the
   * broker has been closed. The others: the address.
   */
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokerError';
    this.code = code;
  }
}

/** MQTT over TCP, over TLS, over WebSocket, over WebSocket in TLS, over a Unix socket. */
export type Protocol = 'mqtt' | 'mqtts' | 'ws' | 'wss' | 'unix';

/** An address that is open. */
export interface Listener {
  /** As events and rules see it: the one of its options, or the address, such as `mqtts://127.0.0.1:8883`. */
  readonly name: string;
  readonly protocol: Protocol;
  /** The address, or the file of a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  /**
   * Takes new certificates, keys, CAs and CRLs for the handshakes to come, rotates the ticket keys, and ends connections whose
   * certificate is revoked, or of a CA that is not accepted any more. What is not given is read again from the file that it was named by, or stays.
   *
   * @throws BrokerError `tls` when they cannot be used: the old ones stay, and the event `warning` says so. `options` for a
   * listener without TLS
   */
  reload(material?: Partial<TlsMaterial>): void;
  /** Stops accepting, ends its connections in good order, and resolves when all are closed: within 3 s. */
  close(): Promise<void>;
}
