import {
  type CallbackWithPromise,
  type Connection,
  kGetBootstrapConnection,
  kGetConnection,
  Producer,
} from '@platformatic/kafka';
import { clientOptions, type KafkaConnection } from './kafka-connection.js';

/**
 * An idempotent producer that outlives any broker: it keeps its id and its sequence numbers, so what is sent again is recognized. The
 * client would ask the first broker that it is connected to, for ever, even when that one no longer answers; this one asks each by turns.
 */
export class PatientProducer extends Producer {
  readonly #bootstrap: { host: string; port: number }[];
  #turn = 0;

  constructor(connection: KafkaConnection, compression: 'none' | 'gzip' | 'snappy' | 'lz4') {
    const options = clientOptions(connection);
    // Metadata is asked for by whoever sends; in between nothing changes.
    super({
      ...options,
      compression,
      idempotent: true,
      acks: -1,
      metadataMaxAge: 2 ** 31,
      repeatOnStaleMetadata: false,
    });
    this.#bootstrap = options.bootstrapBrokers;
  }

  /** The next broker by turns is asked from now on. */
  askAnother(): void {
    this.#turn++;
  }

  override [kGetBootstrapConnection](callback: CallbackWithPromise<Connection>): void {
    const brokers = [...this.#bootstrap, ...(this.currentMetadata?.brokers.values() ?? [])];
    const attempt = (left: number, error: Error | null) => {
      if (left === 0) callback(error, undefined as unknown as Connection);
      else {
        this[kGetConnection](brokers[this.#turn % brokers.length], (failure, connection) => {
          if (!failure) return callback(null, connection);
          this.#turn++;
          attempt(left - 1, failure);
        });
      }
    };
    attempt(brokers.length, null);
  }
}
