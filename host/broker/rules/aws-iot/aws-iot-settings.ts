import type { Limits } from '../../engine/broker-limits.js';
import type { ListenerSettings } from '../../engine/listener-settings.js';

/** What MQTT with client certificates is called in ALPN. */
export const ALPN = 'x-amzn-mqtt-ca';

/** What a listener of AWS IoT Core does otherwise than MQTT lets a server do (developer guide, mqtt; quotas). */
export const AWS_IOT_SETTINGS: Partial<ListenerSettings> = {
  protocolVersions: [4, 5],
  // The payload has 128 KiB at most; this is what CONNACK says.
  maximumPacketSize: 149_504,
  receiveMaximum: 100,
  topicAliasMaximum: 8,
  outgoingTopicAliases: 8,
  maximumQoS: 1,
  minimumKeepAlive: 30,
  maximumKeepAlive: 1200,
  longKeepAlive: 'lower',
  subscriptionIdentifierAvailable: false,
  hashMatchesParent: false,
  maximumFilters: 8,
  retainedOnWildcards: false,
  minimumMessageExpiry: 1,
  maximumMessageExpiry: 604_800,
  reportsNoMatch: false,
  resumesAcrossVersions: false,
  refusesSilently: true,
};

/** The same of a broker as a whole. */
export const AWS_IOT_LIMITS: Partial<Limits> = {
  inflightMessages: 100,
  subscriptionsPerSession: 50,
  // Of an account that has not asked for more, milliseconds.
  sessionExpiryMaximum: 3_600_000,
};
