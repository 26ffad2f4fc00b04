/** Bridges between MQTT and Kafka, for the command line. The clients of Kafka are loaded from `kafka/` by whoever needs them. */

export type { BrokerEnd } from '../../mqtt-client/broker-connection.js';
export { brokerAddresses, KafkaOptionsError } from './kafka/kafka-connection.js';
export type { KafkaState } from './kafka/kafka-state.js';
export { TemplateError } from './mapping/bridge-template.js';
export { deviceConfigMapping } from './mapping/device-config.js';
export { deviceDataMapping } from './mapping/device-data.js';
export { messageToRecord } from './mapping/message-to-record.js';
export { recordToMessage } from './mapping/record-to-message.js';
export type { ValueShape } from './mapping/value-shape.js';
export type { PipeCounts } from './pipes/pipe-ports.js';
export type { SourceTopics } from './record-ports.js';
export { addBridgeMetrics } from './run/bridge-metrics.js';
export { serveBridgeStatus } from './run/bridge-status.js';
export { type BridgeReport, type RunningBridge, startKafkaToMqtt, startMqttToKafka } from './run/running-bridge.js';
export { type BridgeKind, type BridgeVariable, bridgeVariables } from './variables/bridge-variables.js';
export { type BridgeSettings, readBridgeVariables } from './variables/read-bridge-variables.js';
