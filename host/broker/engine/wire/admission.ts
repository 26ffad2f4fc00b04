import { type ConnectPacket, LARGEST_PACKET, type Properties, ReasonCode } from '../../../core/index.js';
import type { ConnectionInfo } from '../broker-transport.js';
import type { EngineContext } from '../context.js';
import { levelsOf } from '../routing/topic-levels.js';
import type { Admission, ClientIdentity, ConnectRequest } from '../rules.js';
import { NEVER_EXPIRES } from '../sessions/session.js';
import { Violation } from '../violation.js';

/**
 * What the rules are asked about a CONNECT packet, once the broker can do what it asks for.
 *
 * @throws Violation with the reason code to put into CONNACK
 */
export function requestOf(context: EngineContext, packet: ConnectPacket, info: ConnectionInfo): ConnectRequest {
  checkConnect(context, packet);
  const { userName, password, cleanStart, keepAlive, protocolVersion } = packet;
  const clientId = packet.clientId || freeClientId(context);
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
    sessionOf: session && { userName: session.client.userName },
  };
}

/**
 * The client, as the rules let it in.
 *
 * @throws Violation with the reason code to put into CONNACK
 */
export function identityOf(context: EngineContext, request: ConnectRequest, admission: Admission): ClientIdentity {
  if (!admission.allow) throw new Violation(admission.reasonCode, admission.reason);
  const { clientId, certificate, remote, protocolVersion, listener } = request;
  if (!context.sessions.hasRoomFor(clientId)) throw new Violation(ReasonCode.quotaExceeded, 'too many sessions');
  const { userName = request.userName } = admission;
  return { clientId, userName, certificate, remote, protocolVersion, listener };
}

/** Most characters of a client id in MQTT 3.1. */
const MQTT_3_1_CLIENT_ID = 23;

/** Calls of `newClientId` before the client is refused. */
const TRIES = 100;

/** A client id that no session has (3.2.2-16): one in use would let the newcomer take over another's session. */
function freeClientId(context: EngineContext): string {
  for (let tries = 0; tries < TRIES; tries++) {
    const clientId = context.newClientId();
    if (typeof clientId !== 'string' || clientId === '') {
      throw new TypeError(`newClientId returned ${clientId === '' ? 'an empty text' : typeof clientId}; return a text`);
    }
    if (!context.sessions.get(clientId)) return clientId;
  }
  throw new Violation(ReasonCode.serverUnavailable, `newClientId returned ${TRIES} client ids that are all in use`);
}

function checkConnect(context: EngineContext, packet: ConnectPacket) {
  const { limits } = context;
  const { clientId, protocolVersion, properties, will } = packet;
  checkRoom(context, packet);
  if (properties?.authenticationMethod !== undefined) {
    throw new Violation(ReasonCode.badAuthenticationMethod, 'enhanced authentication is not supported');
  }
  // MQTT 3.1 requires 1 to 23 characters (3.1); the decoder checks what 3.1.1 requires (MQTT-3.1.3-7 there).
  const characters = [...clientId].length;
  if (protocolVersion === 3 && (characters < 1 || characters > MQTT_3_1_CLIENT_ID)) {
    const text = `MQTT 3.1 needs a client id of 1 to ${MQTT_3_1_CLIENT_ID} characters, not ${characters}`;
    throw new Violation(ReasonCode.clientIdentifierNotValid, text);
  }
  if (!will) return;
  if (will.qos > limits.maximumQoS) throw new Violation(ReasonCode.qosNotSupported, `will of QoS ${will.qos}`);
  if (levelsOf(will.topic) > limits.topicLevels) {
    throw new Violation(ReasonCode.topicNameInvalid, `the will topic has more than ${limits.topicLevels} levels`);
  }
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

/** What CONNACK tells an MQTT 5 client (3.2.2.3): only what differs from the standard's defaults. */
export function announcement({ limits }: EngineContext, packet: ConnectPacket, clientId: string): Properties {
  const properties: Properties = { sharedSubscriptionAvailable: 0 };
  if (limits.receiveMaximum < 65_535) properties.receiveMaximum = limits.receiveMaximum;
  if (limits.maximumQoS < 2) properties.maximumQoS = limits.maximumQoS;
  if (limits.maximumPacketSize < LARGEST_PACKET) properties.maximumPacketSize = limits.maximumPacketSize;
  if (limits.topicAliasMaximum > 0) properties.topicAliasMaximum = limits.topicAliasMaximum;
  if (packet.clientId === '') properties.assignedClientIdentifier = clientId;
  return properties;
}
