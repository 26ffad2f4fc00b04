/** An MQTT broker: `createBroker` with listeners, or `BrokerEngine` without any input or output of its own. */

export { Bridge, type BridgeServices } from './bridges/bridge.js';
export type {
  BridgeAddress,
  BridgeEvent,
  BridgeOptions,
  BridgeTls,
  BridgeTopic,
  RestartDelay,
} from './bridges/bridge-setup.js';
export type { AccessTables } from './conf/check-files.js';
export { ConfigError, configFindingText, type Finding, type Place } from './conf/findings.js';
export type { LogType } from './conf/options/values.js';
export type {
  BehaviourPlan,
  BridgePlan,
  BridgeTlsPlan,
  BridgeTopicPlan,
  BrokerPlan,
  LimitsPlan,
  ListenerPlan,
  LogPlan,
  PersistencePlan,
  PlannedFile,
  SecurityPlan,
  TlsPlan,
} from './conf/plan.js';
export { type ReadPlan, readBrokerPlan } from './conf/read-plan.js';
export type { PlanOptions } from './conf/to-broker.js';
export {
  type AttachOptions,
  type Broker,
  type BrokerOptions,
  type BrokerStore,
  type Clock,
  createBroker,
} from './create-broker.js';
export { BrokerEngine, type EngineOptions, type PublishOptions } from './engine/broker-engine.js';
export type {
  BrokerEvent,
  BrokerEventOf,
  DropReason,
  OccasionalEvent,
  SubscriptionOutcome,
} from './engine/broker-events.js';
export { DEFAULT_LIMITS, type Limits } from './engine/broker-limits.js';
export type { ConnectionId, ConnectionInfo, Transport } from './engine/broker-transport.js';
export type { EngineInspection, EngineTotals } from './engine/inspection/engine-inspection.js';
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
export type { PacketTap, TappedConnection, TappedPacket } from './engine/tap/packet-tap.js';
export { Clockwork, type Ticking } from './listeners/clockwork.js';
export type {
  AddressOptions,
  CommonListenOptions,
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
export type {
  LocalClient,
  LocalClientOptions,
  LocalPublishOptions,
  LocalSubscribeOptions,
} from './local/local-client.js';
export { LocalClientError, type LocalClientErrorCode } from './local/local-client-error.js';
export { LocalConnections, type LocalConnectionsOptions } from './local/local-connections.js';
export type { LocalMessage, MessageHandler } from './local/local-messages.js';
export { PacketCapture, type PacketCaptureOptions } from './observe/capture/packet-capture.js';
export { type BrokerMetrics, type BrokerMetricsOptions, createMetrics } from './observe/metrics.js';
export { packetLine } from './observe/packets/packet-line.js';
export { type PacketRecord, packetRecord } from './observe/packets/packet-record.js';
export { type RunningSysTopicsOptions, startSysTopics } from './observe/start-sys-topics.js';
export { type StatusServer, type StatusServerOptions, startStatusServer } from './observe/status/status-server.js';
export { StatusServerError } from './observe/status/status-server-error.js';
export { SysTopics, type SysTopicsOptions } from './observe/sys-topics.js';
export { TrafficCounter } from './observe/traffic-counter.js';
export { PlannedBroker, type PlannedOptions, type Reloaded } from './planned/planned-broker.js';
export type { PersistenceMode } from './planned/planned-store.js';
export { type AwsIotBroker, type AwsIotBrokerOptions, startAwsIotBroker } from './profiles/aws-iot-broker.js';
export type { PolicyRefusal } from './rules/aws-iot/aws-iot-rules.js';
export {
  actionFact,
  type Explanation,
  type Home,
  type LintFinding,
  lintPolicies,
  type NamedPolicy,
  type PolicyContext,
  type PolicyDecision,
  type PolicyMistake,
  type PolicyRequest,
  PolicySession,
  PolicySet,
  readPolicy,
  readRunTrace,
  type StatementPlace,
  type SuggestOptions,
  statementName,
  suggestPolicy,
  type TracedRequest,
} from './rules/aws-iot/policy/index.js';
export { type LoadedRegistry, loadRegistry, type RegistrySources } from './rules/aws-iot/things/load-registry.js';
export type { FileMistake } from './rules/aws-iot/things/placed-json.js';
export type { ThingRegistry } from './rules/aws-iot/things/thing-registry.js';
export {
  type CertificateOwners,
  type DojotRulesOptions,
  dojotRules,
  type RuleRefusal,
} from './rules/dojot/dojot-rules.js';
export type { ServiceNames } from './rules/dojot/topic-access.js';
export {
  hashPassword,
  type PasswordHash,
  type PasswordScheme,
  readPasswordHash,
  writePasswordHash,
} from './rules/mosquitto/password-hash.js';
export { ownSessions } from './rules/own-sessions.js';
export { type PasswordOptions, type PasswordRules, passwordRules } from './rules/passwords.js';
export { LmdbStore, type LmdbStoreOptions } from './store/lmdb-store.js';
export { MemoryStore } from './store/memory-store.js';
export { StorageError, type StorageErrorCode } from './store/storage-error.js';
