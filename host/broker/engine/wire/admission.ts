import {
  type ConnectPacket,
  LARGEST_PACKET,
  type Properties,
  type ProtocolVersion,
  ReasonCode,
} from '../../../core/index.js';
import type { AuthenticateRequest, ClientIdentity } from '../access.js';
import type { Broker } from '../context.js';
import { type ConnectionInfo, NEVER_EXPIRES } from '../broker-limits.js';
import { levelsOf } from '../packets/publish.js';
import { Violation } from '../violation.js';

/**
 * Decides on a CONNECT packet: what the broker can do, then who it is, then whether the rules let it in.
 *
 * @throws Violation with the reason code to put into CONNACK
 */
export function admit(broker: Broker, packet: ConnectPacket, info: ConnectionInfo): ClientIdentity {
  checkConnect(broker, packet);
  const request: AuthenticateRequest = {
    clientId: packet.clientId || freeClientId(broker),
    userName: packet.userName,
    password: packet.password,
    certificateCommonName: info.tls?.certificateCommonName,
    remote: info.remote,
    protocolVersion: packet.protocolVersion,
  };
  const { reasonCode, userName = packet.userName } = broker.authenticate(request);
  if (reasonCode !== 0) throw new Violation(reasonCode, 'user name, password or certificate not accepted');
  const { clientId, certificateCommonName, remote, protocolVersion } = request;
  const client: ClientIdentity = { clientId, userName, certificateCommonName, remote, protocolVersion };
  const refusal = broker.access.connect(client);
  if (refusal !== 0) throw new Violation(refusal, 'the access rules refuse this client');
  if (!broker.sessions.hasRoomFor(clientId)) throw new Violation(ReasonCode.quotaExceeded, 'too many sessions');
  return client;
}

/** Calls of `newClientId` before the broker gives up. */
const TRIES = 100;

/** A client id that no session has (3.2.2-16): with one in use, the newcomer would take over a stranger's session. */
function freeClientId(broker: Broker): string {
  for (let tries = 0; tries < TRIES; tries++) {
    const clientId = broker.newClientId();
    if (!broker.sessions.get(clientId)) return clientId;
  }
  throw new Violation(ReasonCode.serverUnavailable, `newClientId gave ${TRIES} client ids that are all in use`);
}

function checkConnect({ limits }: Broker, { clientId, protocolVersion, properties, will }: ConnectPacket) {
  if (properties?.authenticationMethod !== undefined) {
    throw new Violation(ReasonCode.badAuthenticationMethod, 'enhanced authentication is not supported');
  }
  // MQTT 3.1 wants 1 to 23 characters; what 3.1.1 wants is checked by the decoder (MQTT-3.1.3-7 there).
  if (clientId === '' && protocolVersion === 3) {
    throw new Violation(ReasonCode.clientIdentifierNotValid, 'MQTT 3.1 needs a client id');
  }
  if (!will) return;
  if (will.qos > limits.maximumQoS) throw new Violation(ReasonCode.qosNotSupported, `will of QoS ${will.qos}`);
  if (levelsOf(will.topic) > limits.topicLevels) {
    throw new Violation(ReasonCode.topicNameInvalid, `the will topic has more than ${limits.topicLevels} levels`);
  }
}

/** Seconds that the session outlives the connection: a property in MQTT 5, all or nothing before (3.1.2.4 of 3.1.1). */
export function sessionExpiry({ protocolVersion, cleanStart, properties }: ConnectPacket): number {
  if (protocolVersion === 5) return properties?.sessionExpiryInterval ?? 0;
  return cleanStart ? 0 : NEVER_EXPIRES;
}

/** What CONNACK tells an MQTT 5 client (3.2.2.3): only what differs from the standard's defaults. */
export function announcement({ limits }: Broker, packet: ConnectPacket, clientId: string): Properties {
  const properties: Properties = { sharedSubscriptionAvailable: 0 };
  if (limits.receiveMaximum < 65_535) properties.receiveMaximum = limits.receiveMaximum;
  if (limits.maximumQoS < 2) properties.maximumQoS = limits.maximumQoS;
  if (limits.maximumPacketSize < LARGEST_PACKET) properties.maximumPacketSize = limits.maximumPacketSize;
  if (limits.topicAliasMaximum > 0) properties.topicAliasMaximum = limits.topicAliasMaximum;
  if (packet.clientId === '') properties.assignedClientIdentifier = clientId;
  return properties;
}

const RETURN_CODES = new Map<number, number>([
  [ReasonCode.unsupportedProtocolVersion, 1],
  [ReasonCode.clientIdentifierNotValid, 2],
  [ReasonCode.implementationSpecificError, 3],
  [ReasonCode.serverUnavailable, 3],
  [ReasonCode.serverBusy, 3],
  [ReasonCode.quotaExceeded, 3],
  [ReasonCode.badUserNameOrPassword, 4],
  [ReasonCode.notAuthorized, 5],
  [ReasonCode.banned, 5],
]);

/** The CONNACK return code of 3.1.1 (table 3.1 there) for a reason code; undefined: close without a word. */
export function returnCode(reasonCode: number): number | undefined {
  return RETURN_CODES.get(reasonCode);
}

/**
 * The Protocol Version byte of a CONNECT packet that could not be decoded, so that the refusal can be written in the
 * form of that version.
 *
 * @param head the first bytes of the connection
 * @returns undefined when it is not recognisably a CONNECT
 */
export function sniffVersion(head: Uint8Array): number | undefined {
  if (head[0] !== 0x10) return undefined;
  let at = 1;
  while (at < 4 && head[at] >= 0x80) at++;
  at++;
  const length = head[at] * 256 + head[at + 1];
  const name = String.fromCharCode(...head.subarray(at + 2, at + 2 + Math.min(length, 6)));
  return name === 'MQTT' || name === 'MQIsdp' ? head[at + 2 + length] : undefined;
}

/** Bytes that `sniffVersion` looks at, at most: type, length (4), name (2 + 6), version. */
export const SNIFF_BYTES = 14;

/** The version whose CONNACK form a client of this version byte understands. */
export function connackVersion(version: number): ProtocolVersion {
  return version >= 5 ? 5 : 4;
}
