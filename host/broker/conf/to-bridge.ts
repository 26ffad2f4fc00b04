import { hostname } from 'node:os';
import type { Findings } from './findings.js';
import { valuePlace } from './lines.js';
import type { BridgeSettings } from './options/bridge-rows.js';
import type { BridgePlan, BridgeTlsPlan, BridgeTopicPlan } from './plan.js';
import type { Section } from './section.js';
import { fileOf } from './to-listener.js';

const PROTOCOL_VERSIONS = { mqttv31: 3, mqttv311: 4, mqttv50: 5 } as const;

/** A bridge of the configuration; undefined when an error keeps it from being one. */
export function toBridge(settings: Section<BridgeSettings>, findings: Findings): BridgePlan | undefined {
  const name = settings.get('name');
  if (name === undefined) return undefined;
  const place = settings.at('name');
  const addresses = settings.get('addresses');
  const topics = topicsOf(settings);
  if (!addresses) findings.error(place, `the bridge ${name} has no address; add "address HOST:PORT"`);
  if (topics.length === 0)
    findings.error(place, `the bridge ${name} carries no topics; add "topic PATTERN in|out|both"`);
  check(settings, findings);
  // mosquitto.conf(5) has it the other way round; this is what mosquitto does.
  const remoteClientId = settings.get('remoteClientId') ?? `${hostname()}.${name}`;
  const cleanSession = settings.get('cleanSession') ?? false;
  return {
    name,
    addresses: addresses ?? [],
    roundRobin: settings.get('roundRobin') ?? false,
    topics,
    protocolVersion: PROTOCOL_VERSIONS[settings.get('protocolVersion') ?? 'mqttv311'],
    tryPrivate: settings.get('tryPrivate') ?? true,
    cleanSession,
    localCleanSession: settings.get('localCleanSession') ?? cleanSession,
    keepAlive: settings.get('keepAliveInterval') ?? 60,
    receiveMaximum: settings.get('receiveMaximum'),
    sessionExpiryInterval: settings.get('sessionExpiryInterval'),
    remoteClientId,
    remoteUserName: settings.get('remoteUsername'),
    remotePassword: settings.get('remotePassword'),
    localClientId: settings.get('localClientId') ?? `local.${remoteClientId}`,
    localUserName: settings.get('localUsername'),
    localPassword: settings.get('localPassword'),
    notifications: notifications(settings),
    notificationTopic: settings.get('notificationTopic') ?? `$SYS/broker/connection/${remoteClientId}/state`,
    start: settings.get('startType') ?? 'automatic',
    threshold: settings.get('threshold') ?? 10,
    idleTimeout: settings.get('idleTimeout') ?? 60,
    restart: settings.get('restartTimeout') ?? { base: 5, cap: 30 },
    attemptUnsubscribe: settings.get('attemptUnsubscribe') ?? true,
    outgoingRetain: settings.get('outgoingRetain') ?? true,
    maximumPacketSize: settings.get('maxPacketSize') || Number.POSITIVE_INFINITY,
    localAddress: settings.get('bindAddress'),
    tls: toTls(settings),
    place,
  };
}

function notifications(settings: Section<BridgeSettings>): BridgePlan['notifications'] {
  if (settings.get('notifications') === false) return 'none';
  return settings.get('notificationsLocalOnly') ? 'local' : 'both';
}

/** `both` is one topic in and one out. */
function topicsOf(settings: Section<BridgeSettings>): BridgeTopicPlan[] {
  return (settings.get('topics') ?? []).flatMap(({ value, line }) => {
    const { pattern, direction, qos, localPrefix, remotePrefix } = value;
    const directions = direction === 'both' ? (['out', 'in'] as const) : [direction];
    return directions.map((way): BridgeTopicPlan => {
      const [from, to] = way === 'in' ? [remotePrefix, localPrefix] : [localPrefix, remotePrefix];
      return {
        direction: way,
        qos,
        filter: `${from}${pattern}`,
        removePrefix: from,
        addPrefix: to,
        place: valuePlace(line),
      };
    });
  });
}

const NEEDS_CA = ['certfile', 'keyfile', 'tlsVersion', 'insecure', 'alpn'] as const;

function check(settings: Section<BridgeSettings>, findings: Findings): void {
  for (const name of ['idleTimeout', 'threshold'] as const) {
    if (!settings.has(name) || settings.get('startType') === 'lazy') continue;
    const line = settings.at(name);
    findings.warning(line, `${line.option} has no effect: it is for start_type lazy; remove the line`);
  }
  if (settings.has('remotePassword') && !settings.has('remoteUsername')) {
    findings.error(settings.at('remotePassword'), 'remote_password needs remote_username; add it');
  }
  if (settings.has('certfile') !== settings.has('keyfile')) {
    const [there, missing] = settings.has('certfile')
      ? (['certfile', 'keyfile'] as const)
      : (['keyfile', 'certfile'] as const);
    findings.error(settings.at(there), `bridge_${there} needs bridge_${missing}; add it`);
  }
  if (settings.has('cafile') || settings.has('capath')) return;
  for (const name of NEEDS_CA) {
    if (!settings.has(name)) continue;
    const line = settings.at(name);
    findings.error(
      line,
      `${line.option} needs bridge_cafile or bridge_capath: without it the bridge has no TLS; add one`,
    );
  }
}

function toTls(settings: Section<BridgeSettings>): BridgeTlsPlan | undefined {
  if (!settings.has('cafile') && !settings.has('capath')) return undefined;
  return {
    ca: fileOf(settings, 'cafile'),
    caFolder: fileOf(settings, 'capath'),
    certificate: fileOf(settings, 'certfile'),
    key: fileOf(settings, 'keyfile'),
    minimumVersion: settings.get('tlsVersion') ?? 'TLSv1.2',
    insecure: settings.get('insecure') ?? false,
    alpn: settings.get('alpn'),
  };
}
