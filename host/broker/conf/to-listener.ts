import type { Findings, Place } from './findings.js';
import { valuePlace } from './lines.js';
import type { SecuritySettings } from './options/general-rows.js';
import type { ListenerSettings } from './options/listener-rows.js';
import type { ListenerSection } from './parse.js';
import type { ListenerPlan, PlannedFile, SecurityPlan, TlsPlan } from './plan.js';
import type { Section } from './section.js';

const DEFAULT_PORT = 1883;
/** In each direction. */
export const DEFAULT_TOPIC_ALIASES = 10;

/** The file of a setting; undefined when it is not set. */
export function fileOf<S>(section: Section<S>, key: keyof S): PlannedFile | undefined {
  if (!section.has(key)) return undefined;
  return { path: section.get(key) as string, place: valuePlace(section.at(key)) };
}

/** A listener of the configuration. @param security of the broker, or of this listener with `per_listener_settings` */
export function toListener(
  { settings }: ListenerSection,
  security: Section<SecuritySettings>,
  findings: Findings,
): ListenerPlan {
  const address = settings.get('address');
  const tls = toTls(settings, findings);
  const isWebSocket = settings.get('protocol') === 'websockets';
  const place = settings.has('address') ? settings.at('address') : settings.lines[0];
  const family = settings.get('socketDomain');
  const networkInterface = settings.get('bindInterface');
  const listener: ListenerPlan = {
    protocol: isWebSocket ? (tls ? 'wss' : 'ws') : tls ? 'mqtts' : 'mqtt',
    // As in mosquitto, the interface takes the place of the address.
    host: networkInterface === undefined ? (address ? address.host : settings.get('bindAddress')) : undefined,
    networkInterface,
    port: address?.port ?? settings.get('port') ?? DEFAULT_PORT,
    socket: address?.socket,
    family: family && (family === 'ipv4' ? 4 : 6),
    isOptional: false,
    tls,
    security: toSecurity(security, identityOf(settings, tls, findings)),
    maximumConnections: settings.get('maxConnections') ?? Number.POSITIVE_INFINITY,
    maximumQoS: (settings.get('maxQos') ?? 2) as 0 | 1 | 2,
    topicAliasMaximum: settings.get('maxTopicAlias') ?? DEFAULT_TOPIC_ALIASES,
    outgoingTopicAliases: settings.get('maxTopicAliasBroker') ?? DEFAULT_TOPIC_ALIASES,
    mountPoint: settings.get('mountPoint'),
    place,
  };
  checkMountPoint(settings, findings);
  checkSocket(listener, settings, findings);
  checkAccess(listener, place, findings);
  return listener;
}

/** Where a listener has the names of its clients from. */
type Identity = Pick<SecurityPlan, 'certificateUser' | 'userNameAsClientId'>;

/** As CONNECT says. */
export const NAMES_OF_CONNECT: Identity = { certificateUser: undefined, userNameAsClientId: false };

/** @param allowAnonymous what holds when it is not set */
export function toSecurity(
  security: Section<SecuritySettings>,
  identity: Identity,
  allowAnonymous = false,
): SecurityPlan {
  return {
    allowAnonymous: security.get('allowAnonymous') ?? allowAnonymous,
    passwordFile: fileOf(security, 'passwordFile'),
    aclFile: fileOf(security, 'aclFile'),
    allowZeroLengthClientId: security.get('allowZeroLengthClientId') ?? true,
    autoIdPrefix: security.get('autoIdPrefix') ?? 'auto-',
    ...identity,
  };
}

/** What makes no sense without a certificate of the broker, and would leave the listener without TLS. */
const NEEDS_TLS = [
  'cafile',
  'capath',
  'crlfile',
  'ciphers',
  'ciphersTls13',
  'dhparamfile',
  'requireCertificate',
  'tlsVersion',
  'useIdentityAsUsername',
  'useSubjectAsUsername',
] as const;

function toTls(settings: Section<ListenerSettings>, findings: Findings): TlsPlan | undefined {
  const certificate = fileOf(settings, 'certfile');
  const key = fileOf(settings, 'keyfile');
  if (!certificate || !key) {
    withoutTls(settings, certificate, key, findings);
    return undefined;
  }
  const ca = fileOf(settings, 'cafile');
  const caFolder = fileOf(settings, 'capath');
  const requireCertificate = settings.get('requireCertificate') ?? false;
  if (requireCertificate && !ca && !caFolder) {
    const message = 'require_certificate needs cafile or capath: the CA that client certificates are checked against';
    findings.error(settings.at('requireCertificate'), message);
  }
  if (settings.has('crlfile') && !requireCertificate) {
    const message = 'crlfile has no effect: client certificates are not asked for; add "require_certificate true"';
    findings.warning(settings.at('crlfile'), message);
  }
  return {
    certificate,
    key,
    ca,
    caFolder,
    revocationList: fileOf(settings, 'crlfile'),
    requireCertificate,
    minimumVersion: settings.get('tlsVersion') ?? 'TLSv1.2',
    ciphers: settings.get('ciphers'),
    cipherSuites: settings.get('ciphersTls13'),
    dhParameters: fileOf(settings, 'dhparamfile'),
  };
}

function withoutTls(
  settings: Section<ListenerSettings>,
  certificate: PlannedFile | undefined,
  key: PlannedFile | undefined,
  findings: Findings,
): void {
  if (certificate)
    findings.error(settings.at('certfile'), 'certfile needs keyfile, the private key of the certificate; add it');
  else if (key) findings.error(settings.at('keyfile'), 'keyfile needs certfile, the certificate of the key; add it');
  else {
    for (const name of NEEDS_TLS) {
      if (!settings.has(name) || settings.get(name) === false) continue;
      const line = settings.at(name);
      findings.error(line, `${line.option} needs certfile and keyfile: without them the listener has no TLS; add both`);
    }
  }
}

function identityOf(settings: Section<ListenerSettings>, tls: TlsPlan | undefined, findings: Findings): Identity {
  return {
    certificateUser: certificateUser(settings, tls, findings),
    userNameAsClientId: settings.get('useUsernameAsClientId') ?? false,
  };
}

function certificateUser(
  settings: Section<ListenerSettings>,
  tls: TlsPlan | undefined,
  findings: Findings,
): SecurityPlan['certificateUser'] {
  const isCommonName = settings.get('useIdentityAsUsername') ?? false;
  const isSubject = settings.get('useSubjectAsUsername') ?? false;
  if (!isCommonName && !isSubject) return undefined;
  const line = settings.at(isCommonName ? 'useIdentityAsUsername' : 'useSubjectAsUsername');
  if (tls && !tls.requireCertificate) {
    const message = `nobody can come in by this listener: ${line.option} needs "require_certificate true"; add it`;
    findings.warning(line, message);
  }
  if (isCommonName && isSubject) {
    const place = settings.at('useSubjectAsUsername');
    findings.warning(
      place,
      'use_subject_as_username has no effect: use_identity_as_username beats it; remove one of them',
    );
  }
  return isCommonName ? 'common-name' : 'subject';
}

function checkMountPoint(settings: Section<ListenerSettings>, findings: Findings): void {
  const at = settings.get('mountPoint')?.search(/[+#]/) ?? -1;
  if (at < 0) return;
  const place = valuePlace(settings.at('mountPoint'), at);
  findings.error(place, 'mount_point has a wildcard; write the beginning of a topic name, such as "site-1/"');
}

function checkSocket(
  { socket, protocol }: ListenerPlan,
  settings: Section<ListenerSettings>,
  findings: Findings,
): void {
  if (socket !== undefined && settings.has('bindInterface')) {
    findings.error(settings.at('bindInterface'), 'a Unix socket is on no network interface; remove this line');
  }
  if (socket !== undefined && protocol !== 'mqtt') {
    const key = settings.has('protocol') ? 'protocol' : 'certfile';
    const message =
      'a Unix socket carries MQTT without TLS and WebSockets; remove this line, or give the listener a port';
    findings.error(settings.at(key), message);
  }
}

/** A listener that lets nobody in is allowed, as in mosquitto, but hardly meant. */
function checkAccess({ security }: ListenerPlan, place: Place | undefined, findings: Findings): void {
  const { allowAnonymous, passwordFile, certificateUser } = security;
  if (!place || allowAnonymous || passwordFile || certificateUser) return;
  const message =
    'nobody can come in by this listener; add password_file, "use_identity_as_username true", or "allow_anonymous true"';
  findings.warning(place, message);
}
