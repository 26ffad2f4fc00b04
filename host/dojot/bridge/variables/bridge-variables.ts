import type { VariableKind } from '../../broker/variable-kinds.js';
import type { Generation } from '../../generation.js';

export type BridgeKind = 'v2k' | 'k2v';

/** What a variable is about. Several generations call the same thing differently. */
export type BridgeSetting =
  | 'name'
  | 'folder'
  | 'userName'
  | 'clientId'
  | 'host'
  | 'port'
  | 'keepAlive'
  | 'isSecure'
  | 'isClean'
  | 'checksServer'
  | 'ca'
  | 'certificate'
  | 'key'
  /** Address of the PKI; empty where key, certificate and CA are read from files. */
  | 'pki'
  | 'filter'
  | 'qos'
  | 'mostBytes'
  | 'brokers'
  | 'kafkaClientId'
  | 'groupId'
  | 'topicSuffix'
  | 'publishSuffix'
  | 'compression';

/** A variable of a bridge: its name, what it is about or why it is without effect, what it has to be, its default. */
export type BridgeVariable = readonly [
  name: string,
  setting: BridgeSetting | { readonly idle: string },
  kind: VariableKind,
  /** `$name` and `$folder` stand for the values of these settings. */
  fallback: string,
];

const log = { idle: 'the log goes to standard error, and --json' } as const;
const parallel = { idle: 'order is kept, and batches make up for handlers' } as const;
const retries = { idle: 'what cannot be reached is tried for ever, with back-off' } as const;
const tuning = { idle: 'records go in batches, acknowledged by all in-sync replicas' } as const;
const offsets = { idle: 'offsets are committed as soon as they may be' } as const;
const probes = { idle: 'readiness is that of the connections, at any time' } as const;

/** Of generation 1, early 2020. @param P of the names, in capitals */
function first(P: string, kind: BridgeKind, folder: string): BridgeVariable[] {
  const isV2k = kind === 'v2k';
  return [
    ['HOSTNAME', 'name', 'text', `${kind}-bridge`],
    ['BASE_DIR', 'folder', 'text', folder],
    [`${P}_LOG_LEVEL`, log, 'text', 'info'],
    [`${P}_MQTT_USERNAME`, 'userName', 'text', `${kind}-bridge`],
    [`${P}_MQTT_CLIENT_ID`, 'clientId', 'text', '$name'],
    [`${P}_MQTT_HOST`, 'host', 'text', 'vernemq-k8s'],
    [`${P}_MQTT_PORT`, 'port', 'port', '8883'],
    [`${P}_MQTT_KEEPALIVE`, 'keepAlive', 'count', '60'],
    [`${P}_MQTT_SECURE`, 'isSecure', 'true or false', 'true'],
    [`${P}_MQTT_CA_FILE`, 'ca', 'text', '$folder/app/cert/ca.crt'],
    [`${P}_MQTT_CERT_FILE`, 'certificate', 'text', '$folder/app/cert/$name.crt'],
    [`${P}_MQTT_KEY_FILE`, 'key', 'text', '$folder/app/cert/$name.key'],
    ...(isV2k
      ? ([
          [`${P}_MQTT_SUBSCRIPTION_TOPIC`, 'filter', 'text', '$share/group/+/attrs'],
          [`${P}_MQTT_SUBSCRIPTION_QOS`, 'qos', 'count', '1'],
          [`${P}_BACKPRESSURE_PARALLEL_HANDLERS`, parallel, 'count', '4'],
          [`${P}_BACKPRESSURE_MAX_QUEUE_LENGTH`, 'mostBytes', 'milliseconds', '1048576'],
        ] as const)
      : ([
          [`${P}_MQTT_PUBLISH_TOPIC_SUFFIX`, 'publishSuffix', 'text', '/config'],
          [`${P}_MQTT_PUBLISH_QOS`, 'qos', 'count', '1'],
          ['KAFKA_GROUP_ID', 'groupId', 'text', 'k2v-bridge-group-id'],
        ] as const)),
    ['EJBCA_ADDRESS', 'pki', 'address', ''],
    [
      'DATA_BROKER_ADDRESS',
      { idle: 'topics have the names that data-broker would give them' },
      'text',
      'data-broker:80',
    ],
    ['KAFKA_BROKER_LIST', 'brokers', 'names', 'kafka-server:9092'],
    ['CONNECTION_TRIES_COUNT', retries, 'count', '3'],
    ['CONNECTION_TRIES_TIMEOUT', retries, 'count', '3'],
  ];
}

/** Of generation 2, v0.5. */
function second(P: string, kind: BridgeKind, folder: string): BridgeVariable[] {
  const isV2k = kind === 'v2k';
  return [
    ['HOSTNAME', 'name', 'text', `${kind}-bridge`],
    [`${P}_APP_HOSTNAME`, 'name', 'text', `${kind}-bridge`],
    [`${P}_APP_BASEDIR`, 'folder', 'text', folder],
    [`${P}_APP_EJBCA_ADDRESS`, 'pki', 'address', ''],
    [`${P}_APP_CONNECTION_RETRY_COUNT`, retries, 'count', '3'],
    [`${P}_APP_CONNECTION_RETRY_TIMEOUT`, retries, 'count', '3'],
    [`${P}_LOGGER_TRANSPORTS_CONSOLE_LEVEL`, log, 'text', 'info'],
    [`${P}_LOGGER_VERBOSE`, log, 'true or false', 'false'],
    [`${P}_MQTT_CLIENT_ID`, 'clientId', 'text', '$name'],
    [`${P}_MQTT_CLIENT_USERNAME`, 'userName', 'text', '$name'],
    [`${P}_MQTT_CLIENT_KEEPALIVE`, 'keepAlive', 'count', '60'],
    [`${P}_MQTT_CLIENT_SECURE`, 'isSecure', 'true or false', 'true'],
    [`${P}_MQTT_SERVER_ADDRESS`, 'host', 'text', 'vernemq-k8s'],
    [`${P}_MQTT_SERVER_PORT`, 'port', 'port', '8883'],
    [`${P}_MQTT_TLS_CA_FILE`, 'ca', 'text', '$folder/app/cert/ca.crt'],
    [`${P}_MQTT_TLS_CERTIFICATE_FILE`, 'certificate', 'text', '$folder/app/cert/$name.crt'],
    [`${P}_MQTT_TLS_KEY_FILE`, 'key', 'text', '$folder/app/cert/$name.key'],
    ...(isV2k
      ? ([
          [`${P}_MESSENGER_PRODUCE_TOPIC_SUFFIX`, 'topicSuffix', 'text', 'device-data'],
          [`${P}_MQTT_CLIENT_SUBSCRIPTION_TOPIC`, 'filter', 'text', '$share/group/+/attrs'],
          [`${P}_MQTT_CLIENT_SUBSCRIPTION_QOS`, 'qos', 'count', '1'],
          [`${P}_MQTT_BACKPRESSURE_HANDLERS`, parallel, 'count', '4'],
          [`${P}_MQTT_BACKPRESSURE_QUEUE_LENGTH_MAX`, 'mostBytes', 'milliseconds', '1048576'],
          [`${P}_KAFKA_COMPRESSION_CODEC`, 'compression', 'text', 'gzip'],
          ...(
            ['ACKS', 'BATCH_NUM_MESSAGES', 'DR_CB', 'ENABLE_IDEMPOTENCE', 'RETRIES', 'RETRY_BACKOFF_MS'] as const
          ).map((name) => [`${P}_KAFKA_${name}`, tuning, 'text', ''] as const),
          ...(['QUEUE_BUFFERING_MAX_KBYTES', 'QUEUE_BUFFERING_MAX_MS'] as const).map(
            (name) => [`${P}_KAFKA_${name}`, tuning, 'text', ''] as const,
          ),
          ...(['CONNECT_TIMEOUT_MS', 'DISCONNECT_TIMEOUT_MS', 'FLUSH_TIMEOUT_MS', 'POOL_INTERVAL_MS'] as const).map(
            (name) => [`${P}_SDK_PRODUCER_${name}`, tuning, 'text', ''] as const,
          ),
        ] as const)
      : ([
          [`${P}_MESSENGER_CONSUME_TOPIC_SUFFIX`, 'topicSuffix', 'text', 'dojot.device-manager.device'],
          [`${P}_MQTT_CLIENT_PUBLISH_TOPIC_SUFFIX`, 'publishSuffix', 'text', '/config'],
          [`${P}_MQTT_CLIENT_PUBLISH_QOS`, 'qos', 'count', '1'],
          [`${P}_KAFKA_GROUP_ID`, 'groupId', 'text', 'k2v-bridge-group-id'],
          ...sdkConsumer(P),
        ] as const)),
    [`${P}_KAFKA_CLIENT_ID`, 'kafkaClientId', 'text', '$name'],
    [`${P}_KAFKA_METADATA_BROKER_LIST`, 'brokers', 'names', 'kafka-server:9092'],
    [`${P}_KAFKA_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION`, tuning, 'text', ''],
    [`${P}_KAFKA_SOCKET_KEEPALIVE_ENABLE`, tuning, 'text', ''],
  ];
}

/** Of generation 3, v0.6 to v0.8. */
function third(P: string, kind: BridgeKind): BridgeVariable[] {
  const isV2k = kind === 'v2k';
  const cluster = isV2k ? `${P}_PRODUCER` : `${P}_CONSUMER`;
  return [
    ['HOSTNAME', 'name', 'text', `${kind}-bridge`],
    [`${P}_APP_USER_CONFIG_FILE`, { idle: 'there are no files of settings' }, 'text', ''],
    [`${P}_LOG_CONSOLE_LEVEL`, log, 'text', 'info'],
    [`${P}_LOG_VERBOSE`, log, 'true or false', 'false'],
    [`${P}_LOG_FILE_ENABLE`, log, 'true or false', 'false'],
    [`${P}_LOG_FILE_FILENAME`, log, 'text', ''],
    [`${P}_LOG_FILE_LEVEL`, log, 'text', 'info'],
    [`${P}_HEALTHCHECK_KAFKA_INTERVAL_MS`, probes, 'milliseconds', '30000'],
    [`${P}_LIGHTSHIP_DETECT_KUBERNETES`, probes, 'true or false', 'false'],
    [`${P}_MQTT_CLEAN`, 'isClean', 'true or false', 'false'],
    [`${P}_MQTT_CLIENT_ID`, 'clientId', 'text', '$name'],
    [`${P}_MQTT_USERNAME`, 'userName', 'text', '$name'],
    [`${P}_MQTT_HOST`, 'host', 'text', 'vernemq-k8s'],
    [`${P}_MQTT_PORT`, 'port', 'port', '8883'],
    [`${P}_MQTT_KEEP_ALIVE`, 'keepAlive', 'count', '60'],
    [`${P}_MQTT_PROTOCOL`, 'isSecure', 'text', 'mqtts'],
    [`${P}_MQTT_REJECT_UNAUTHORIZED`, 'checksServer', 'true or false', 'true'],
    [`${P}_MQTT_CA`, 'ca', 'text', '/certs/ca.pem'],
    [`${P}_MQTT_CERT`, 'certificate', 'text', '/certs/cert.pem'],
    [`${P}_MQTT_KEY`, 'key', 'text', '/certs/key.pem'],
    ...(isV2k
      ? ([
          [`${P}_MESSENGER_PRODUCE_TOPIC_SUFFIX`, 'topicSuffix', 'text', 'device-data'],
          [`${P}_SUBSCRIPTION_TOPIC`, 'filter', 'text', '$share/group/+/attrs'],
          [`${P}_SUBSCRIPTION_QOS`, 'qos', 'count', '1'],
          [`${P}_BACKPRESSURE_HANDLERS`, parallel, 'count', '4'],
          [`${P}_BACKPRESSURE_QUEUE_LENGTH_MAX`, 'mostBytes', 'milliseconds', '1048576'],
          [`${P}_PRODUCER_COMPRESSION_CODEC`, 'compression', 'text', 'gzip'],
        ] as const)
      : ([
          [`${P}_MESSENGER_CONSUMER_TOPIC_SUFFIX`, 'topicSuffix', 'text', 'dojot.device-manager.device'],
          [`${P}_PUBLISH_TOPIC_SUFFIX`, 'publishSuffix', 'text', '/config'],
          [`${P}_PUBLISH_QOS`, 'qos', 'count', '1'],
          [`${P}_CONSUMER_GROUP_ID`, 'groupId', 'text', 'k2v-bridge-group-id'],
          [
            `${P}_TOPIC_AUTO_OFFSET_RESET`,
            { idle: 'a group without offsets begins with the oldest' },
            'text',
            'beginning',
          ],
          ...sdkConsumer(P),
        ] as const)),
    [`${cluster}_CLIENT_ID`, 'kafkaClientId', 'text', '$name'],
    [`${cluster}_METADATA_BROKER_LIST`, 'brokers', 'names', 'kafka-server:9092'],
    [`${P}_TOPIC_ACKS`, tuning, 'text', '-1'],
  ];
}

function sdkConsumer(P: string): BridgeVariable[] {
  const names = ['COMMIT_INTERVAL_MS', 'IN_PROCESSING_MAX_MESSAGES', 'QUEUED_MAX_MESSAGES_BYTES'];
  const delays = ['MIN_MS', 'MAX_MS', 'DELTA_MS'].map((name) => `SUBSCRIPTION_BACKOFF_${name}`);
  return [...names, ...delays].map((name) => [`${P}_SDK_${name}`, offsets, 'text', '']);
}

const FOLDERS = { v2k: '/opt/v2k_bridge', k2v: '/opt/k2v-bridge' };

/** Every variable of a bridge in a generation. */
export function bridgeVariables(kind: BridgeKind, generation: Generation): readonly BridgeVariable[] {
  const prefix = kind.toUpperCase();
  if (generation === 1) return first(prefix, kind, FOLDERS[kind]);
  return generation === 2 ? second(prefix, kind, FOLDERS[kind]) : third(prefix, kind);
}
