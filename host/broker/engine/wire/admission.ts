import { type ConnectPacket, LARGEST_PACKET, type Properties, ReasonCode, type Will } from '../../../core/index.js';
import type { Limits } from '../broker-limits.js';
import type { ConnectionInfo } from '../broker-transport.js';
import type { EngineContext } from '../context.js';
import type { ListenerSettings } from '../listener-settings.js';
import type { Listener } from '../listener-table.js';
import { mountTopic } from '../packets/mount-point.js';
import { levelsOf } from '../routing/topic-levels.js';
import type { Admission, Admitted, ClientIdentity, ConnectRequest } from '../rules.js';
import { NEVER_EXPIRES, type Session } from '../sessions/session.js';
import { Violation } from '../violation.js';

/** Where a connection came in. */
export interface Entrance {
  readonly info: ConnectionInfo;
  readonly listener: Listener;
  /** Those of the listener when the connection was opened. */
  readonly settings: ListenerSettings;
}

/**
 * What the rules are asked about a CONNECT packet, once the broker can do what it asks for.
 *
 * @throws Violation with the reason code to put into CONNACK
 */
export function requestOf(
  context: EngineContext,
  packet: ConnectPacket,
  entrance: Entrance,
  isBridge: boolean,
): ConnectRequest {
  const { info, settings } = entrance;
  checkConnect(entrance, packet);
  checkRoom(context, packet);
  checkWill(context, settings, packet);
  const will = mountedWill(packet.will, settings);
  const { userName, password, cleanStart, keepAlive, protocolVersion } = packet;
  const clientId = packet.clientId || freeClientId(context, settings);
  const session = context.sessions.get(clientId);
  return {
    clientId,
    userName,
    // The bytes of a packet are views of its buffer, and an answer may come later.
    password: password && new Uint8Array(password),
    certificate: info.tls?.certificate,
    remote: info.remote,
    protocolVersion,
    listener: info.listener ?? context.listener,
    cleanStart,
    keepAlive,
    sessionExpiryInterval: sessionExpiry(packet),
    will: will && { topic: will.topic, qos: will.qos, retain: will.retain, size: will.payload.length },
    ...namesIn(info.tls),
    sessionOf: session && { userName: session.client.userName },
    ...(isBridge && { isBridge }),
  };
}

/**
 * The client, as the rules let it in.
 *
 * @throws Violation with the reason code to put into CONNACK
 */
export function identityOf(
  context: EngineContext,
  { listener: { clients }, settings }: Entrance,
  request: ConnectRequest,
  admission: Admission,
): ClientIdentity {
  if (!admission.allow) throw Violation.of(admission);
  const { certificate, remote, protocolVersion, listener, isBridge } = request;
  const { userName = request.userName, clientId = request.clientId } = admission;
  const { quotaExceeded, clientIdentifierNotValid } = ReasonCode;
  if (context.sessions.get(clientId)?.client.listener.isInternal && !listener.isInternal) {
    throw new Violation(clientIdentifierNotValid, `the client id "${clientId}" is one of the broker's own`);
  }
  if (!context.sessions.hasRoomFor(clientId)) throw new Violation(quotaExceeded, 'too many sessions');
  const old = context.sessions.get(clientId);
  // The one whose place it takes makes room.
  const others = clients - (old?.link && old.client.listener === listener ? 1 : 0);
  if (others >= settings.maximumConnections) {
    throw new Violation(quotaExceeded, `${others} clients are connected to ${listener.name}, which is its maximum`);
  }
  return {
    clientId,
    userName,
    certificate,
    remote,
    protocolVersion,
    listener,
    ...(isBridge && { isBridge }),
    ...namesIn(request),
  };
}

/**
 * The session for a client that was let in. One that belongs to somebody else ends as with a clean start: another user name, or
 * another part of the topics. Its messages are not for this client (5.4.2), and the client learns so by Session Present 0.
 */
export function openSession(
  { sessions, listeners }: EngineContext,
  identity: ClientIdentity,
  cleanStart: boolean,
): { session: Session; present: boolean } {
  const mountPointOf = ({ listener }: ClientIdentity) => listeners.of(listener).settings.mountPoint;
  const owner = sessions.get(identity.clientId)?.client;
  const isOfAnother =
    owner !== undefined &&
    (owner.userName !== identity.userName ||
      mountPointOf(owner) !== mountPointOf(identity) ||
      (identity.listener.settings?.resumesAcrossVersions === false && is5(owner) !== is5(identity)));
  return sessions.open(identity, cleanStart || isOfAnother);
}

function is5({ protocolVersion }: ClientIdentity): boolean {
  return protocolVersion === 5;
}

type TlsNames = Pick<ClientIdentity, 'serverName' | 'applicationProtocol'>;

/** Without members that most connections would have for nothing. */
function namesIn({ serverName, applicationProtocol }: TlsNames = {}): TlsNames {
  return {
    ...(serverName !== undefined && { serverName }),
    ...(applicationProtocol !== undefined && { applicationProtocol }),
  };
}

/** Most characters of a client id in MQTT 3.1. */
const MQTT_3_1_CLIENT_ID = 23;

/** Calls of `newClientId` before the client is refused. */
const TRIES = 100;

/** A client id that no session has (3.2.2-16): one in use would let the newcomer take over another's session. */
function freeClientId(context: EngineContext, { autoIdPrefix }: ListenerSettings): string {
  for (let tries = 0; tries < TRIES; tries++) {
    const clientId = context.newClientId(autoIdPrefix);
    if (typeof clientId !== 'string' || clientId === '') {
      throw new TypeError(`newClientId returned ${clientId === '' ? 'an empty text' : typeof clientId}; return a text`);
    }
    if (!context.sessions.get(clientId)) return clientId;
  }
  throw new Violation(ReasonCode.serverUnavailable, `newClientId returned ${TRIES} client ids that are all in use`);
}

function checkConnect({ settings, listener, info }: Entrance, { clientId, protocolVersion, keepAlive }: ConnectPacket) {
  if (listener.problem !== undefined) throw new Violation(ReasonCode.implementationSpecificError, listener.problem);
  const { clientIdentifierNotValid, unsupportedProtocolVersion } = ReasonCode;
  const { protocolVersions, allowZeroLengthClientId, maximumKeepAlive, longKeepAlive } = settings;
  if (!protocolVersions.includes(protocolVersion)) {
    const text = `protocol version ${protocolVersion}; this listener takes ${protocolVersions.join(', ')}`;
    throw new Violation(unsupportedProtocolVersion, text);
  }
  // MQTT 3.1 requires 1 to 23 characters (3.1); the decoder checks what 3.1.1 requires (MQTT-3.1.3-7 there).
  const characters = [...clientId].length;
  if (protocolVersion === 3 && (characters < 1 || characters > MQTT_3_1_CLIENT_ID)) {
    const text = `MQTT 3.1 needs a client id of 1 to ${MQTT_3_1_CLIENT_ID} characters, not ${characters}`;
    throw new Violation(clientIdentifierNotValid, text);
  }
  if (clientId === '' && !allowZeroLengthClientId) {
    throw new Violation(
      clientIdentifierNotValid,
      `${info.listener?.name ?? 'this listener'} assigns no client ids; send one`,
    );
  }
  const isTooLong = maximumKeepAlive > 0 && (keepAlive === 0 || keepAlive > maximumKeepAlive);
  if (isTooLong && protocolVersion < 5 && longKeepAlive === 'refuse') {
    const asked = keepAlive === 0 ? 'no keep-alive' : `a keep-alive of ${keepAlive} s`;
    throw new Violation(clientIdentifierNotValid, `${asked}; use 1 to ${maximumKeepAlive} s`);
  }
}

function checkWill({ limits }: EngineContext, settings: ListenerSettings, { will, protocolVersion }: ConnectPacket) {
  if (!will) return;
  const { maximumQoS, maximumPayloadSize, retainAvailable, mountPoint } = settings;
  if (will.qos > maximumQoS) throw new Violation(ReasonCode.qosNotSupported, `will of QoS ${will.qos}`);
  if (will.retain && !retainAvailable) {
    throw new Violation(ReasonCode.retainNotSupported, 'a will with RETAIN, which is not available here (3.2.2-13)');
  }
  if (will.payload.length > maximumPayloadSize) {
    const text = `a will of ${will.payload.length} bytes; send at most ${maximumPayloadSize}`;
    // Nothing before MQTT 5 comes near it. Mosquitto says the same.
    throw new Violation(protocolVersion === 5 ? ReasonCode.packetTooLarge : ReasonCode.notAuthorized, text);
  }
  if (levelsOf(will.topic) > limits.topicLevels) {
    throw new Violation(ReasonCode.topicNameInvalid, `the will topic has more than ${limits.topicLevels} levels`);
  }
  if (mountTopic(mountPoint, will.topic) === undefined) {
    throw new Violation(ReasonCode.topicNameInvalid, `the will topic is too long behind "${mountPoint}"`);
  }
}

/** The will as everybody else knows its topic. */
export function mountedWill(will: Will | undefined, { mountPoint }: ListenerSettings): Will | undefined {
  return will && { ...will, topic: mountTopic(mountPoint, will.topic)! };
}

/**
 * While the store is full, only clients come in that leave nothing behind.
 *
 * @throws Violation with the reason code to put into CONNACK
 */
function checkRoom(context: EngineContext, packet: ConnectPacket): void {
  if (!context.journal?.isFull) return;
  if (sessionExpiry(packet) === 0 && !packet.will && !context.sessions.get(packet.clientId)) return;
  throw new Violation(ReasonCode.quotaExceeded, 'the broker cannot store the session: its disk is full');
}

/** Seconds that the session outlives the connection: a property in MQTT 5, all or nothing before (3.1.2.4 of 3.1.1). */
export function sessionExpiry({ protocolVersion, cleanStart, properties }: ConnectPacket): number {
  if (protocolVersion === 5) return properties?.sessionExpiryInterval ?? 0;
  return cleanStart ? 0 : NEVER_EXPIRES;
}

/** Seconds of the keep-alive that holds: what the client asked for, or the nearest that there is (3.2.2.3.14). */
export function keepAliveOf({ minimumKeepAlive, maximumKeepAlive }: ListenerSettings, asked: number): number {
  if (asked === 0) return maximumKeepAlive;
  return Math.min(Math.max(asked, minimumKeepAlive), maximumKeepAlive || Number.POSITIVE_INFINITY);
}

/** Messages above QoS 0 that may be on their way to a client. Parts of the broker's own program say themselves what they have room for. */
export function windowOf({ inflightMessages }: Limits, { listener }: ClientIdentity, asked: Properties = {}): number {
  return Math.min(asked.receiveMaximum ?? 65_535, listener.isInternal ? 65_535 : inflightMessages);
}

/** What CONNACK tells an MQTT 5 client (3.2.2.3): only what differs from the standard's defaults. */
export function announcement(
  settings: ListenerSettings,
  packet: ConnectPacket,
  client: ClientIdentity,
  admitted: Admitted,
  longestExpiry: number,
): Properties {
  const { clientId, keepAlive, properties: asked } = packet;
  // In mosquitto's order: its own tests compare the bytes.
  const properties: Properties = {};
  if (settings.topicAliasMaximum > 0) properties.topicAliasMaximum = settings.topicAliasMaximum;
  const lasting = keepAliveOf(settings, keepAlive);
  if (lasting !== keepAlive) properties.serverKeepAlive = lasting;
  if (clientId === '') properties.assignedClientIdentifier = client.clientId;
  if (!settings.retainAvailable) properties.retainAvailable = 0;
  if (settings.maximumPacketSize < LARGEST_PACKET) properties.maximumPacketSize = settings.maximumPacketSize;
  if (settings.receiveMaximum < 65_535) properties.receiveMaximum = settings.receiveMaximum;
  if (settings.maximumQoS < 2) properties.maximumQoS = settings.maximumQoS;
  if (!settings.wildcardSubscriptionAvailable) properties.wildcardSubscriptionAvailable = 0;
  if (!settings.subscriptionIdentifierAvailable) properties.subscriptionIdentifierAvailable = 0;
  if (!settings.sharedSubscriptionAvailable) properties.sharedSubscriptionAvailable = 0;
  if (sessionExpiry(packet) > longestExpiry) properties.sessionExpiryInterval = longestExpiry;
  const responseInformation = admitted.responseInformation ?? settings.responseInformation;
  if (asked?.requestResponseInformation === 1 && responseInformation !== undefined) {
    properties.responseInformation = responseInformation;
  }
  return properties;
}
