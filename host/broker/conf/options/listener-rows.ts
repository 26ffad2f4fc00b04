import { type OptionRow, rowsOf } from './option-row.js';
import {
  choice,
  flag,
  type ListenAddress,
  listenAddress,
  type ReadValue,
  type TlsVersion,
  text,
  tlsVersion,
  whole,
} from './values.js';

/** What holds for one listener. */
export interface ListenerSettings {
  /** Of `listener`. */
  address: ListenAddress;
  /** Of the default listener. */
  port: number;
  bindAddress: string;
  bindInterface: string;
  cafile: string;
  capath: string;
  certfile: string;
  ciphers: string;
  ciphersTls13: string;
  crlfile: string;
  dhparamfile: string;
  keyfile: string;
  maxConnections: number;
  maxQos: number;
  maxTopicAlias: number;
  maxTopicAliasBroker: number;
  mountPoint: string;
  protocol: 'mqtt' | 'websockets';
  requireCertificate: boolean;
  socketDomain: 'ipv4' | 'ipv6';
  tlsKeyform: 'pem';
  tlsVersion: TlsVersion;
  useIdentityAsUsername: boolean;
  useSubjectAsUsername: boolean;
  useUsernameAsClientId: boolean;
}

const { option } = rowsOf<ListenerSettings>('listener');
const { option: ofDefault } = rowsOf<ListenerSettings>('default');

const connections: ReadValue<number> = (value, notes) => {
  const count = whole(-1, 2_147_483_647, '-1 for no limit')(value, notes);
  return count === -1 ? Number.POSITIVE_INFINITY : count;
};

export const listenerOptions: readonly OptionRow[] = [
  { ...option('listener', listenAddress, 'address'), starts: 'listener' },
  ofDefault('port', whole(1, 65_535), 'port'),
  ofDefault('bind_address', text, 'bindAddress'),
  option('bind_interface', text, 'bindInterface'),
  option('cafile', text, 'cafile'),
  option('capath', text, 'capath'),
  option('certfile', text, 'certfile'),
  option('ciphers', text, 'ciphers'),
  option('ciphers_tls1.3', text, 'ciphersTls13'),
  option('crlfile', text, 'crlfile'),
  option('dhparamfile', text, 'dhparamfile'),
  option('keyfile', text, 'keyfile'),
  option('max_connections', connections, 'maxConnections'),
  option('max_qos', whole(0, 2), 'maxQos'),
  // Its name in older configurations, which mosquitto takes too.
  option('maximum_qos', whole(0, 2), 'maxQos'),
  option('max_topic_alias', whole(0, 65_535), 'maxTopicAlias'),
  // Of mosquitto 2.1.
  option('max_topic_alias_broker', whole(0, 65_535), 'maxTopicAliasBroker'),
  option('mount_point', text, 'mountPoint'),
  option('protocol', choice('mqtt', 'websockets'), 'protocol'),
  option('require_certificate', flag, 'requireCertificate'),
  option('socket_domain', choice('ipv4', 'ipv6'), 'socketDomain'),
  option('tls_keyform', choice('pem'), 'tlsKeyform'),
  option('tls_version', tlsVersion, 'tlsVersion'),
  option('use_identity_as_username', flag, 'useIdentityAsUsername'),
  option('use_subject_as_username', flag, 'useSubjectAsUsername'),
  option('use_username_as_clientid', flag, 'useUsernameAsClientId'),
];
