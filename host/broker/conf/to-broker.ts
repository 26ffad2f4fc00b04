import type { Findings } from './findings.js';
import { valuePlace } from './lines.js';
import type { GeneralSettings } from './options/general-rows.js';
import type { ListenerSettings } from './options/listener-rows.js';
import type { ListenerSection, ParsedConfig } from './parse.js';
import type { BehaviourPlan, BridgePlan, BrokerPlan, LimitsPlan, ListenerPlan, PersistencePlan } from './plan.js';
import type { Section } from './section.js';
import { toBridge } from './to-bridge.js';
import { DEFAULT_TOPIC_ALIASES, fileOf, NAMES_OF_CONNECT, toListener, toSecurity } from './to-listener.js';
import { toLog } from './to-log.js';

/** What the command line adds to a configuration. */
export interface PlanOptions {
  /** Ports on loopback instead of 1883; ignored when the configuration has a listener. */
  readonly ports?: readonly number[];
  /** Everything is logged. */
  readonly verbose?: boolean;
}

const DEFAULT_PORT = 1883;

/** The plan of a configuration. What contradicts itself is reported to `findings`. */
export function toBroker(
  config: ParsedConfig,
  findings: Findings,
  { ports, verbose = false }: PlanOptions,
): BrokerPlan {
  const { general, defaultListener } = config;
  const asked = defaultListener.settings;
  const isLocalOnly = config.listeners.length === 0 && !asked.has('port') && !asked.has('bindAddress');
  const listeners = isLocalOnly
    ? localListeners(config, ports ?? [DEFAULT_PORT], findings)
    : openListeners(config, findings);
  checkAddresses(listeners, findings);
  const bridges = config.bridges.map((bridge) => toBridge(bridge, findings)).filter((bridge) => bridge !== undefined);
  checkBridges(bridges, findings);
  checkNames(config, findings);
  return {
    isLocalOnly,
    listeners,
    limits: toLimits(general),
    behaviour: toBehaviour(general, findings),
    persistence: toPersistence(general, findings),
    bridges,
    log: toLog(general, verbose, findings),
    pidFile: fileOf(general, 'pidFile'),
    user: general.has('user') ? { name: general.get('user')!, place: valuePlace(general.at('user')) } : undefined,
  };
}

/** Settings that open the default listener beside others, as in mosquitto. */
const OPENS_DEFAULT = [
  'port',
  'bindAddress',
  'mountPoint',
  'socketDomain',
  'useIdentityAsUsername',
  'useSubjectAsUsername',
  'useUsernameAsClientId',
] as const;

function openListeners(config: ParsedConfig, findings: Findings): ListenerPlan[] {
  const { defaultListener, listeners } = config;
  const { settings } = defaultListener;
  const opensDefault =
    listeners.length === 0 ||
    OPENS_DEFAULT.some((name) => settings.has(name)) ||
    Number.isFinite(settings.get('maxConnections') ?? Number.POSITIVE_INFINITY) ||
    (settings.get('maxQos') ?? 2) !== 2 ||
    settings.get('protocol') === 'websockets' ||
    defaultListener.security.has('passwordFile');
  if (!opensDefault) reportUnused(defaultListener, findings);
  else if (listeners.length > 0 && !settings.has('port') && !settings.has('bindAddress')) {
    const line = settings.lines[0] ?? defaultListener.security.lines[0];
    const message = `${line.option} stands before the first listener and opens port ${DEFAULT_PORT} too, as in mosquitto; move it below "listener"`;
    findings.warning(line, message);
  }
  const isPerListener = config.general.get('perListenerSettings') === true;
  return [...listeners, ...(opensDefault ? [defaultListener] : [])].map((listener) =>
    toListener(listener, isPerListener ? listener.security : config.security, findings),
  );
}

/** Settings that protect a listener: where they do nothing, somebody believes to be protected. */
const PROTECTS: readonly (keyof ListenerSettings)[] = [
  'cafile',
  'capath',
  'certfile',
  'crlfile',
  'keyfile',
  'requireCertificate',
  'tlsVersion',
];

function reportUnused({ settings, security }: ListenerSection, findings: Findings): void {
  const why = 'stands before the first listener and has no effect there; move it below the line "listener"';
  const protecting = new Set(PROTECTS.filter((name) => settings.has(name)).map((name) => settings.at(name)));
  for (const line of settings.lines)
    findings[protecting.has(line) ? 'error' : 'warning'](line, `${line.option} ${why}`);
  for (const line of security.lines) {
    findings.warning(line, `${line.option} ${why}: per_listener_settings makes it a setting of each listener`);
  }
}

/** Nobody beyond this machine: what mosquitto opens without a listener. */
function localListeners(config: ParsedConfig, ports: readonly number[], findings: Findings): ListenerPlan[] {
  for (const line of config.defaultListener.settings.lines) {
    const message = `${line.option} belongs to a listener, and there is none; write "listener PORT" before it`;
    findings.error(line, message);
  }
  const security = toSecurity(config.security, NAMES_OF_CONNECT, true);
  return ports.flatMap((port) =>
    ['127.0.0.1', '::1'].map((host) => ({
      protocol: 'mqtt' as const,
      host,
      port,
      isOptional: host === '::1',
      security,
      maximumConnections: Number.POSITIVE_INFINITY,
      maximumQoS: 2 as const,
      topicAliasMaximum: DEFAULT_TOPIC_ALIASES,
      outgoingTopicAliases: DEFAULT_TOPIC_ALIASES,
    })),
  );
}

function checkAddresses(listeners: readonly ListenerPlan[], findings: Findings): void {
  const seen = new Map<string, ListenerPlan>();
  for (const listener of listeners) {
    const { place, host, port, socket, family } = listener;
    const address = socket ?? `port ${port}${host === undefined ? '' : ` of ${host}`}`;
    const key = `${address} ${family}`;
    const first = seen.get(key);
    if (first?.place && place) {
      const message = `${address} is the listener at ${first.place.file}:${first.place.line} already; choose another port`;
      findings.error(place, message);
    } else seen.set(key, listener);
  }
}

function checkBridges(bridges: readonly BridgePlan[], findings: Findings): void {
  const seen = new Map<string, BridgePlan>();
  for (const bridge of bridges) {
    const first = seen.get(bridge.name);
    if (first) {
      const message = `the bridge ${bridge.name} begins at ${first.place.file}:${first.place.line} already; choose another name`;
      findings.error(bridge.place, message);
    } else seen.set(bridge.name, bridge);
  }
}

/** Names that are the broker's choice cannot be asked of clients. */
function checkNames({ general, listeners, defaultListener }: ParsedConfig, findings: Findings): void {
  if (!general.has('clientIdPrefixes')) return;
  for (const { settings } of [...listeners, defaultListener]) {
    if (settings.get('useUsernameAsClientId') !== true) continue;
    const message = `use_username_as_clientid makes the user name the client id, which has to begin with "${general.get('clientIdPrefixes')}" by clientid_prefixes; remove one of them`;
    findings.warning(settings.at('useUsernameAsClientId'), message);
  }
}

function toLimits(general: Section<GeneralSettings>): LimitsPlan {
  return {
    inflightMessages: general.get('maxInflightMessages'),
    inflightBytes: general.get('maxInflightBytes'),
    queuedMessages: general.get('maxQueuedMessages'),
    queuedBytes: general.get('maxQueuedBytes'),
    maximumPacketSize: general.get('maxPacketSize'),
    connectPacketSize: general.get('packetMaxConnect'),
    messageSize: general.get('messageSizeLimit'),
    keepAlive: general.get('maxKeepAlive'),
    sessionExpiry: general.get('persistentClientExpiration'),
  };
}

function toBehaviour(general: Section<GeneralSettings>, findings: Findings): BehaviourPlan {
  if (general.get('setTcpNoDelay') === false) {
    const message = 'set_tcp_nodelay false has no effect: small packets are never held back; remove the line';
    findings.warning(general.at('setTcpNoDelay'), message);
  }
  return {
    retainAvailable: general.get('retainAvailable') ?? true,
    checkRetainSource: general.get('checkRetainSource') ?? true,
    upgradeOutgoingQoS: general.get('upgradeOutgoingQos') ?? false,
    queueQoS0: general.get('queueQos0Messages') ?? false,
    sysInterval: general.get('sysInterval') ?? 10,
    clientIdPrefix: general.get('clientIdPrefixes'),
  };
}

function toPersistence(general: Section<GeneralSettings>, findings: Findings): PersistencePlan | undefined {
  if (general.get('persistence') !== true) {
    for (const name of ['persistenceFile', 'persistenceLocation', 'autosaveOnChanges'] as const) {
      if (!general.has(name)) continue;
      const line = general.at(name);
      findings.warning(line, `${line.option} has no effect without "persistence true"; add it, or remove this line`);
    }
    return undefined;
  }
  return {
    folder: general.get('persistenceLocation') ?? '.',
    file: general.get('persistenceFile') ?? 'mosquitto.db',
    interval: general.get('autosaveInterval') ?? 1800,
    onChanges: general.get('autosaveOnChanges') ?? false,
    place: general.at('persistence'),
  };
}
