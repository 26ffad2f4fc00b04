import type { Packet, Properties, ProtocolVersion, Will } from '../../../../host/core/index.js';

/** A packet, or the properties of one, in the form of mqtt-packet. */
type Peer = Record<string, unknown>;

const BOOLEANS = new Set([
  'payloadFormatIndicator',
  'requestProblemInformation',
  'requestResponseInformation',
  'retainAvailable',
  'wildcardSubscriptionAvailable',
  'subscriptionIdentifierAvailable',
  'sharedSubscriptionAvailable',
]);

/** The properties in ascending order of their identifiers, in which our arbitrary packets have them. */
const ORDER = [
  'payloadFormatIndicator',
  'messageExpiryInterval',
  'contentType',
  'responseTopic',
  'correlationData',
  'subscriptionIdentifier',
  'sessionExpiryInterval',
  'assignedClientIdentifier',
  'serverKeepAlive',
  'authenticationMethod',
  'authenticationData',
  'requestProblemInformation',
  'willDelayInterval',
  'requestResponseInformation',
  'responseInformation',
  'serverReference',
  'reasonString',
  'receiveMaximum',
  'topicAliasMaximum',
  'topicAlias',
  'maximumQoS',
  'retainAvailable',
  'userProperty',
  'maximumPacketSize',
  'wildcardSubscriptionAvailable',
  'subscriptionIdentifierAvailable',
  'sharedSubscriptionAvailable',
] as const satisfies (keyof Properties)[];

const PEER_NAMES: Record<string, string> = {
  userProperty: 'userProperties',
  subscriptionIdentifierAvailable: 'subscriptionIdentifiersAvailable',
};

function peerProperties(properties: Properties | undefined): Peer {
  const result: Peer = {};
  // Both encoders write properties in the order of the object.
  for (const [key, value] of Object.entries(properties ?? {})) {
    const name = key as keyof Properties;
    const peerName = PEER_NAMES[name] ?? name;
    if (name === 'userProperty') result[peerName] = Object.fromEntries(value as [string, string][]);
    else if (name === 'subscriptionIdentifier') result[peerName] = (value as number[])[0];
    else result[peerName] = BOOLEANS.has(name) ? value === 1 : value;
  }
  return result;
}

function ownProperties(properties: Peer | undefined): Properties {
  const result: Peer = {};
  for (const name of ORDER) {
    const value = properties?.[PEER_NAMES[name] ?? name];
    if (value === undefined) continue;
    if (name === 'userProperty') result[name] = Object.entries(value as Record<string, string>);
    else if (name === 'subscriptionIdentifier') result[name] = [value].flat();
    else result[name] = BOOLEANS.has(name) ? Number(value) : value;
  }
  return result as Properties;
}

function peerWill(will: Will, version: ProtocolVersion): Peer {
  const { properties, ...rest } = will;
  return version === 5 ? { ...rest, properties: peerProperties(properties) } : rest;
}

/** Our packet in the form of mqtt-packet. */
export function toPeer(packet: Packet, version: ProtocolVersion): Peer {
  const properties =
    version === 5 ? { properties: peerProperties((packet as { properties?: Properties }).properties) } : {};
  switch (packet.type) {
    case 'connect':
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: packet.protocolVersion,
        clean: packet.cleanStart,
        keepalive: packet.keepAlive,
        clientId: packet.clientId,
        username: packet.userName,
        password: packet.password,
        will: packet.will && peerWill(packet.will, version),
        ...properties,
      };
    case 'connack': {
      const code = version === 5 ? { reasonCode: packet.reasonCode } : { returnCode: packet.reasonCode };
      return { cmd: 'connack', sessionPresent: packet.sessionPresent, ...code, ...properties };
    }
    case 'publish': {
      const { type, packetId, properties: _, ...rest } = packet;
      return { cmd: type, ...rest, messageId: packetId, ...properties };
    }
    case 'subscribe': {
      const subscriptions = packet.subscriptions.map((s) => ({
        topic: s.topicFilter,
        qos: s.qos,
        nl: s.noLocal,
        rap: s.retainAsPublished,
        rh: s.retainHandling,
      }));
      return { cmd: 'subscribe', messageId: packet.packetId, subscriptions, ...properties };
    }
    case 'unsubscribe':
      return { cmd: 'unsubscribe', messageId: packet.packetId, unsubscriptions: packet.topicFilters, ...properties };
    case 'suback':
    case 'unsuback':
      return { cmd: packet.type, messageId: packet.packetId, granted: packet.reasonCodes, ...properties };
    case 'pingreq':
    case 'pingresp':
      return { cmd: packet.type };
    case 'disconnect':
    case 'auth':
      return { cmd: packet.type, reasonCode: packet.reasonCode, ...properties };
    default:
      return { cmd: packet.type, messageId: packet.packetId, reasonCode: packet.reasonCode, ...properties };
  }
}

/** A packet decoded by mqtt-packet, in our form. */
// biome-ignore lint/suspicious/noExplicitAny: the types of mqtt-packet do not describe what its parser emits
export function fromPeer(peer: any, version: ProtocolVersion): Packet {
  const properties = version === 5 ? { properties: ownProperties(peer.properties) } : {};
  const packetId = peer.messageId;
  switch (peer.cmd as Packet['type']) {
    case 'connect':
      return {
        type: 'connect',
        protocolVersion: peer.protocolVersion,
        cleanStart: peer.clean,
        keepAlive: peer.keepalive,
        clientId: peer.clientId,
        ...(peer.will ? { will: ownWill(peer.will, version) } : {}),
        ...(peer.username === undefined ? {} : { userName: peer.username }),
        ...(peer.password === undefined ? {} : { password: peer.password }),
        ...properties,
      };
    case 'connack':
      return {
        type: 'connack',
        sessionPresent: peer.sessionPresent,
        reasonCode: version === 5 ? peer.reasonCode : peer.returnCode,
        ...properties,
      };
    case 'publish': {
      const { topic, payload, qos, retain, dup } = peer;
      return { type: 'publish', topic, payload, qos, retain, dup, ...(qos > 0 ? { packetId } : {}), ...properties };
    }
    case 'subscribe': {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const subscriptions = peer.subscriptions.map(({ topic, qos, nl, rap, rh }: any) => ({
        topicFilter: topic,
        qos,
        ...(version === 5 ? { noLocal: nl, retainAsPublished: rap, retainHandling: rh } : {}),
      }));
      return { type: 'subscribe', packetId, subscriptions, ...properties };
    }
    case 'unsubscribe':
      return { type: 'unsubscribe', packetId, topicFilters: peer.unsubscriptions, ...properties };
    case 'suback':
    case 'unsuback':
      return { type: peer.cmd, packetId, reasonCodes: peer.granted ?? [], ...properties };
    case 'pingreq':
    case 'pingresp':
      return { type: peer.cmd };
    case 'disconnect':
    case 'auth':
      return { type: peer.cmd, reasonCode: peer.reasonCode ?? 0, ...properties };
    default:
      return { type: peer.cmd, packetId, reasonCode: peer.reasonCode ?? 0, ...properties };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function ownWill({ topic, payload, qos, retain, properties }: any, version: ProtocolVersion): Will {
  return { topic, payload, qos, retain, ...(version === 5 ? { properties: ownProperties(properties) } : {}) };
}
