/** A development MQTT broker: `startBroker` with TLS, or `BrokerEngine` without any input or output of its own. */
import { performance } from 'node:perf_hooks';
import { BrokerEngine, type PublishOptions } from './engine/broker-engine.js';
import type { BrokerEvent } from './engine/broker-events.js';
import { completeLimits, type Limits } from './engine/broker-limits.js';
import type { Transport } from './engine/broker-transport.js';
import type { Rules } from './engine/rules.js';
import { BrokerError } from './listeners/listener.js';
import { SocketTable } from './listeners/socket-table.js';
import { listenTls } from './listeners/tls-listener.js';
import { type PasswordOptions, passwordRules } from './rules/passwords.js';

export { BrokerEngine, type EngineOptions, type PublishOptions } from './engine/broker-engine.js';
export type { BrokerEvent, BrokerEventOf, DropReason } from './engine/broker-events.js';
export { DEFAULT_LIMITS, type Limits } from './engine/broker-limits.js';
export type { ConnectionId, ConnectionInfo, Transport } from './engine/broker-transport.js';
export type { Journal, JournalListener } from './engine/journal/journal.js';
export type { JournalRecord, RecordKind, RecordOf } from './engine/journal/journal-record.js';
export { decodeRecord, encodeRecord, RecordError } from './engine/journal/record-codec.js';
export {
  type Admission,
  type Admitted,
  ALLOW,
  type Allowed,
  type ClientCertificate,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type ListenerInfo,
  openRules,
  type PublishRequest,
  type ReceiveRequest,
  type Refusal,
  type Rules,
  refuse,
  type SubscribeRequest,
} from './engine/rules.js';
export { BrokerError, type BrokerErrorCode, type Listener } from './listeners/listener.js';
export { SocketTable } from './listeners/socket-table.js';
export { listenTls, type TlsListenerOptions } from './listeners/tls-listener.js';
export { type PasswordOptions, passwordRules } from './rules/passwords.js';
export { LmdbStore, type LmdbStoreOptions } from './store/lmdb-store.js';
export { MemoryStore } from './store/memory-store.js';
export { StorageError, type StorageErrorCode } from './store/storage-error.js';

export interface BrokerOptions extends PasswordOptions {
  /** Address to listen on, default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** The server's certificate chain, PEM. */
  cert: string | Uint8Array;
  /** Its private key, PEM. */
  key: string | Uint8Array;
  /** CA certificates for client certificates, PEM. */
  ca?: string | Uint8Array;
  /** Refuse clients without a certificate of `ca` in the TLS handshake. Default false. */
  requireCertificate?: boolean;
  /** What clients may do once they are in; default: everything. Its `connect` takes the place of the password options. */
  rules?: Rules;
  limits?: Partial<Limits>;
  /** Milliseconds for the TLS handshake, 1 to 2,147,483,647; then the socket is destroyed. Default 10,000. */
  handshakeTimeout?: number;
  /** Called with every event. */
  log?: (event: BrokerEvent) => void;
  /** Milliseconds, never going back; default: time since the start of the process. */
  now?: () => number;
}

export interface RunningBroker {
  readonly port: number;
  readonly engine: BrokerEngine;
  /** See `BrokerEngine.on`. */
  readonly on: BrokerEngine['on'];
  /** Publishes as the broker itself. @throws RangeError for a topic name that is not valid */
  publish(topic: string, payload: Uint8Array | string, options?: PublishOptions): void;
  /** Ends all connections (MQTT 5 clients get 0x8B Server shutting down) and frees the port; takes 2 s at most. */
  close(): Promise<void>;
}

/**
 * Starts a broker behind a TLS listener.
 *
 * @throws BrokerError when the options contradict each other, the certificate or key cannot be used, or the address
 * cannot be listened on; nothing is left running then
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { host = '127.0.0.1', port = 0, cert, key, ca, requireCertificate = false } = options;
  const { useIdentityAsUsername = false, limits, handshakeTimeout, log, now = () => performance.now() } = options;
  if (requireCertificate && ca === undefined) {
    throw new BrokerError(
      'options',
      'requireCertificate needs ca: the CA that client certificates are checked against',
    );
  }
  if (useIdentityAsUsername && ca === undefined) {
    throw new BrokerError('options', 'useIdentityAsUsername needs ca: without it clients send no certificate');
  }
  const rules = { ...passwordRules(options), ...options.rules };
  let engine!: BrokerEngine;
  const makeEngine = (transport: Transport) => {
    engine = new BrokerEngine({ now, transport, rules, limits: checkedLimits(limits) });
    return engine;
  };
  const sockets = new SocketTable(makeEngine, now);
  if (log) engine.on('any', log);
  const listener = await listenTls(engine, sockets, {
    host,
    port,
    cert,
    key,
    ca,
    requireCertificate,
    handshakeTimeout,
  });
  return {
    port: listener.port,
    engine,
    on: engine.on.bind(engine),
    publish: (topic, payload, publishOptions) => engine.publish(topic, payload, publishOptions),
    close: () => listener.close(),
  };
}

function checkedLimits(limits: Partial<Limits> | undefined): Limits {
  try {
    return completeLimits(limits);
  } catch (error) {
    throw new BrokerError('options', (error as Error).message, { cause: error });
  }
}
