import { type Listed, type OptionRow, rowsOf, type UnsupportedRow } from './option-row.js';
import {
  duration,
  flag,
  type LogDestination,
  type LogType,
  limit,
  logDestination,
  logTypes,
  text,
  whole,
} from './values.js';

/** What holds for the broker. Times are in seconds where the option's are, sizes in bytes; a limit may be infinite. */
export interface GeneralSettings {
  autosaveInterval: number;
  autosaveOnChanges: boolean;
  checkRetainSource: boolean;
  clientIdPrefixes: string;
  connectionMessages: boolean;
  logDestinations: readonly Listed<LogDestination>[];
  logTypes: readonly Listed<LogType | 'all' | 'none'>[];
  logTimestamp: boolean;
  logTimestampFormat: string;
  maxInflightBytes: number;
  maxInflightMessages: number;
  maxKeepAlive: number;
  maxPacketSize: number;
  maxQueuedBytes: number;
  maxQueuedMessages: number;
  messageSizeLimit: number;
  packetMaxConnect: number;
  perListenerSettings: boolean;
  persistence: boolean;
  persistenceFile: string;
  persistenceLocation: string;
  /** Milliseconds. */
  persistentClientExpiration: number;
  pidFile: string;
  queueQos0Messages: boolean;
  retainAvailable: boolean;
  setTcpNoDelay: boolean;
  sysInterval: number;
  upgradeOutgoingQos: boolean;
  user: string;
}

/** Who may come in and do what: for the broker, or with `per_listener_settings` for each listener. */
export interface SecuritySettings {
  allowAnonymous: boolean;
  allowZeroLengthClientId: boolean;
  aclFile: string;
  autoIdPrefix: string;
  passwordFile: string;
}

const MOST = 2_147_483_647;
/** Largest packet of MQTT (2.1.4). */
const LARGEST_PACKET = 268_435_460;
/** Behind the fixed header. */
const LARGEST_PAYLOAD = 268_435_455;

const { option: general, listed } = rowsOf<GeneralSettings>('general');
const { option: security } = rowsOf<SecuritySettings>('security');

export const generalOptions: readonly OptionRow[] = [
  security('acl_file', text, 'aclFile'),
  security('allow_anonymous', flag, 'allowAnonymous'),
  security('allow_zero_length_clientid', flag, 'allowZeroLengthClientId'),
  security('auto_id_prefix', text, 'autoIdPrefix'),
  security('password_file', text, 'passwordFile'),
  general('autosave_interval', whole(0, MOST, '0 to save at the end only'), 'autosaveInterval'),
  general('autosave_on_changes', flag, 'autosaveOnChanges'),
  general('check_retain_source', flag, 'checkRetainSource'),
  general('clientid_prefixes', text, 'clientIdPrefixes'),
  general('connection_messages', flag, 'connectionMessages'),
  listed('log_dest', logDestination, 'logDestinations'),
  listed('log_type', logTypes, 'logTypes'),
  general('log_timestamp', flag, 'logTimestamp'),
  general('log_timestamp_format', text, 'logTimestampFormat'),
  general('max_inflight_bytes', limit(), 'maxInflightBytes'),
  general('max_inflight_messages', limit(65_535), 'maxInflightMessages'),
  general('max_keepalive', whole(10, 65_535), 'maxKeepAlive'),
  general('max_packet_size', whole(20, LARGEST_PACKET), 'maxPacketSize'),
  general('max_queued_bytes', limit(), 'maxQueuedBytes'),
  general('max_queued_messages', limit(), 'maxQueuedMessages'),
  general('message_size_limit', limit(LARGEST_PAYLOAD), 'messageSizeLimit'),
  general('packet_max_connect', whole(20, LARGEST_PAYLOAD), 'packetMaxConnect'),
  general('per_listener_settings', flag, 'perListenerSettings'),
  general('persistence', flag, 'persistence'),
  // Its name in older configurations.
  general('retained_persistence', flag, 'persistence'),
  general('persistence_file', text, 'persistenceFile'),
  general('persistence_location', text, 'persistenceLocation'),
  general('persistent_client_expiration', duration, 'persistentClientExpiration'),
  general('pid_file', text, 'pidFile'),
  general('queue_qos0_messages', flag, 'queueQos0Messages'),
  general('retain_available', flag, 'retainAvailable'),
  general('set_tcp_nodelay', flag, 'setTcpNoDelay'),
  general('sys_interval', whole(0, 65_535, '0 for none'), 'sysInterval'),
  general('upgrade_outgoing_qos', flag, 'upgradeOutgoingQos'),
  general('user', text, 'user'),
];

const PLUGINS =
  'plugins are libraries made for mosquitto; use password_file and acl_file, or rules of your own with createBroker';
const KEYS = 'pre-shared keys are not supported; use certfile, keyfile and cafile with require_certificate';
const ENGINES = 'OpenSSL engines are not supported; use a private key in a file';
const GONE = 'mosquitto has removed it, and it has no effect; remove the line';
const SOCKETS = 'WebSockets come from another library here, and it has no effect; remove the line';

const row = (unsupported: 'error' | 'warning', advice: string, ...names: string[]): UnsupportedRow[] =>
  names.map((name) => ({ name, unsupported, advice }));

export const unsupportedOptions: readonly UnsupportedRow[] = [
  ...row('error', PLUGINS, 'auth_plugin', 'plugin', 'global_plugin', 'plugin_load', 'plugin_use'),
  ...row('error', PLUGINS, 'auth_opt_*', 'plugin_opt_*', 'auth_plugin_deny_special_chars'),
  ...row('error', KEYS, 'psk_file', 'psk_hint', 'bridge_psk', 'bridge_identity'),
  ...row('error', ENGINES, 'tls_engine', 'tls_engine_kpass_sha1'),
  ...row('error', 'files are not served; use a web server beside the broker', 'http_dir'),
  ...row(
    'error',
    'OCSP is not supported; remove the line, or check revocation at the remote broker',
    'bridge_require_ocsp',
  ),
  ...row(
    'warning',
    'a message goes to a client once for each overlapping subscription or once in all, as MQTT 5 has it; remove the line',
    'allow_duplicate_messages',
  ),
  ...row(
    'warning',
    'memory is bounded by max_packet_size, max_queued_messages and max_queued_bytes; set those',
    'memory_limit',
  ),
  ...row(
    'warning',
    'packets other than CONNECT are bounded by max_packet_size; set that',
    'packet_max_auth',
    'packet_max_simple',
    'packet_max_sub',
  ),
  ...row('warning', 'syslog is not supported, and it has no effect; remove the line', 'log_facility'),
  ...row('warning', GONE, 'retry_interval', 'store_clean_interval', 'max_log_entries'),
  ...row('warning', GONE, 'ffdc_output', 'trace_level', 'trace_output'),
  ...row('warning', SOCKETS, 'websockets_log_level', 'websockets_headers_size'),
];
