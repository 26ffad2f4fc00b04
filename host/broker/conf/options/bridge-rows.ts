import {
  type BridgeAddress,
  type BridgeTopicValue,
  bridgeAddresses,
  bridgeTopic,
  type RestartDelay,
  restartTimeout,
} from './bridge-values.js';
import { type Listed, type OptionRow, rowsOf } from './option-row.js';
import { choice, flag, type TlsVersion, text, tlsVersion, whole } from './values.js';

/** What holds for one bridge. Times are in seconds. */
export interface BridgeSettings {
  name: string;
  addresses: readonly BridgeAddress[];
  alpn: string;
  attemptUnsubscribe: boolean;
  bindAddress: string;
  cafile: string;
  capath: string;
  certfile: string;
  cleanSession: boolean;
  idleTimeout: number;
  insecure: boolean;
  keepAliveInterval: number;
  keyfile: string;
  localCleanSession: boolean;
  localClientId: string;
  localPassword: string;
  localUsername: string;
  maxPacketSize: number;
  notifications: boolean;
  notificationsLocalOnly: boolean;
  notificationTopic: string;
  outgoingRetain: boolean;
  protocolVersion: 'mqttv31' | 'mqttv311' | 'mqttv50';
  remoteClientId: string;
  receiveMaximum: number;
  remotePassword: string;
  remoteUsername: string;
  restartTimeout: RestartDelay;
  roundRobin: boolean;
  sessionExpiryInterval: number;
  startType: 'automatic' | 'lazy' | 'once';
  threshold: number;
  tlsVersion: TlsVersion;
  topics: readonly Listed<BridgeTopicValue>[];
  tryPrivate: boolean;
}

const { option, listed } = rowsOf<BridgeSettings>('bridge');

export const bridgeOptions: readonly OptionRow[] = [
  { ...option('connection', text, 'name'), starts: 'bridge' },
  option('address', bridgeAddresses, 'addresses'),
  option('addresses', bridgeAddresses, 'addresses'),
  option('bridge_alpn', text, 'alpn'),
  option('bridge_attempt_unsubscribe', flag, 'attemptUnsubscribe'),
  option('bridge_bind_address', text, 'bindAddress'),
  option('bridge_cafile', text, 'cafile'),
  option('bridge_capath', text, 'capath'),
  option('bridge_certfile', text, 'certfile'),
  option('bridge_insecure', flag, 'insecure'),
  option('bridge_keyfile', text, 'keyfile'),
  option('bridge_max_packet_size', whole(0, 268_435_460, '0 for no limit'), 'maxPacketSize'),
  option('bridge_outgoing_retain', flag, 'outgoingRetain'),
  option('bridge_protocol_version', choice('mqttv31', 'mqttv311', 'mqttv50'), 'protocolVersion'),
  // These two are of mosquitto 2.1.
  option('bridge_receive_maximum', whole(1, 65_535), 'receiveMaximum'),
  option('bridge_session_expiry_interval', whole(0, 0xffffffff, '4294967295 for ever'), 'sessionExpiryInterval'),
  option('bridge_tls_version', tlsVersion, 'tlsVersion'),
  option('cleansession', flag, 'cleanSession'),
  option('clientid', text, 'remoteClientId'),
  option('idle_timeout', whole(1, 65_535), 'idleTimeout'),
  option('keepalive_interval', whole(5, 65_535), 'keepAliveInterval'),
  option('local_cleansession', flag, 'localCleanSession'),
  option('local_clientid', text, 'localClientId'),
  option('local_password', text, 'localPassword'),
  option('local_username', text, 'localUsername'),
  option('notification_topic', text, 'notificationTopic'),
  option('notifications', flag, 'notifications'),
  option('notifications_local_only', flag, 'notificationsLocalOnly'),
  option('password', text, 'remotePassword'),
  option('remote_clientid', text, 'remoteClientId'),
  option('remote_password', text, 'remotePassword'),
  option('remote_username', text, 'remoteUsername'),
  option('restart_timeout', restartTimeout, 'restartTimeout'),
  option('round_robin', flag, 'roundRobin'),
  option('start_type', choice('automatic', 'lazy', 'once'), 'startType'),
  option('threshold', whole(1, 2_147_483_647), 'threshold'),
  listed('topic', bridgeTopic, 'topics'),
  option('try_private', flag, 'tryPrivate'),
  option('username', text, 'remoteUsername'),
];
