/** An MQTT broker: `createBroker` with listeners, or `BrokerEngine` without any input or output of its own. */
export { type AttachOptions, type Broker, type BrokerOptions, type Clock, createBroker } from './create-broker.js';
export { BrokerEngine, type EngineOptions, type PublishOptions } from './engine/broker-engine.js';
export type { BrokerEvent, BrokerEventOf, DropReason, SubscriptionOutcome } from './engine/broker-events.js';
export { DEFAULT_LIMITS, type Limits } from './engine/broker-limits.js';
export type { ConnectionId, ConnectionInfo, Transport } from './engine/broker-transport.js';
export type { Journal, JournalListener } from './engine/journal/journal.js';
export type { JournalRecord, RecordKind, RecordOf } from './engine/journal/journal-record.js';
export { decodeRecord, encodeRecord, RecordError } from './engine/journal/record-codec.js';
export { completeSettings, type ListenerSettings } from './engine/listener-settings.js';
export {
  type Admission,
  type Admitted,
  ALLOW,
  type Allowed,
  type Authenticated,
  type AuthenticationRequest,
  type Challenge,
  type ClientCertificate,
  type ClientIdentity,
  type ConnectRequest,
  type Decision,
  type Exchange,
  type ListenerInfo,
  openRules,
  type PublishRequest,
  type ReceiveRequest,
  type Refusal,
  type Rules,
  redirect,
  refuse,
  type Step,
  type SubscribeRequest,
} from './engine/rules.js';
export { Clockwork, type Ticking } from './listeners/clockwork.js';
export type {
  AddressOptions,
  ListenerSettings as CommonListenOptions,
  ListenOptions,
  SecureWebSocketListenOptions,
  TcpListenOptions,
  TlsListenOptions,
  UnixListenOptions,
  WebSocketListenOptions,
  WebSocketSettings,
} from './listeners/listen-options.js';
export { BrokerError, type BrokerErrorCode, type Listener, type Protocol } from './listeners/listener.js';
export { SocketTable } from './listeners/socket-table.js';
export type { PemSource, TlsMaterial, TlsSettings } from './listeners/tls/tls-settings.js';
export { DEFAULT_PENDING, type PendingLimits } from './listeners/waiting-room.js';
export { type PasswordOptions, type PasswordRules, passwordRules } from './rules/passwords.js';
export { LmdbStore, type LmdbStoreOptions } from './store/lmdb-store.js';
export { MemoryStore } from './store/memory-store.js';
export { StorageError, type StorageErrorCode } from './store/storage-error.js';
