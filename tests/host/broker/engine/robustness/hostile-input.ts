import { type ConnectPacket, encodePacket, type Packet, type QoS } from '../../../../../host/core/index.js';
import type { Random } from './random.js';

const TOPICS = ['a', 'a/b', '/', '$SYS/x', 'x'.repeat(65_535), 'a/'.repeat(300)];
const FILTERS = ['#', '+', 'a/#', '+/+', '$share/g/a', 'a/'.repeat(300), 'x'.repeat(65_535)];

/** A packet of any kind, then in most cases damaged; or bytes without any sense. */
export function randomInput(random: Random, version: 4 | 5): Uint8Array {
  const kind = random.below(10);
  if (kind === 0) return random.bytes(random.below(40));
  if (kind === 1) return header(random, random.bytes(random.below(30)));
  const bytes = kind === 2 ? randomConnect(random) : encoded(randomPacket(random, version), version);
  if (kind > 6) return bytes;
  for (let changes = random.below(3); changes >= 0; changes--) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** A CONNECT of any version that there is, and of some that there are not. */
export function randomConnect(random: Random): Uint8Array {
  const protocolVersion = random.pick([3, 4, 5] as const);
  const will = {
    topic: random.pick(TOPICS),
    payload: random.bytes(2),
    qos: random.below(3) as QoS,
    retain: random.flip(),
  };
  const packet: ConnectPacket = {
    type: 'connect',
    protocolVersion,
    cleanStart: random.flip(),
    keepAlive: random.pick([0, 1, 5, 65_535]),
    clientId: random.pick(['hostile', 'a', 'b', '']),
    will: random.flip() ? will : undefined,
    userName: random.flip() ? 'user' : undefined,
  };
  if (protocolVersion !== 5 && packet.clientId === '') packet.cleanStart = true;
  if (protocolVersion === 5) {
    packet.properties = {
      sessionExpiryInterval: random.pick([0, 3, 0xffffffff]),
      receiveMaximum: random.pick([1, 2, 65_535]),
      maximumPacketSize: random.pick([1, 4, 10, 30, 100, 0xffffffff]),
      ...(random.below(8) === 0 && { authenticationMethod: 'x' }),
    };
  }
  const bytes = encoded(packet, 5);
  if (random.below(4) === 0) bytes[8] = random.below(256);
  return bytes;
}

function randomPacket(random: Random, version: 4 | 5): Packet {
  const packetId = random.pick([1, 2, 3, 65_535]);
  const reasonCode = version === 5 ? random.pick([0, 0x10, 0x80, 0x87, 0x92]) : 0;
  const qos = random.below(3) as QoS;
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2: {
      const properties = version === 5 && random.flip() ? { topicAlias: random.pick([1, 2, 17]) } : undefined;
      const topic = random.pick(TOPICS);
      const message = { topic, payload: random.bytes(random.below(5)), qos, retain: random.flip(), dup: false };
      return { type: 'publish', ...message, packetId: qos ? packetId : undefined, properties };
    }
    case 3:
    case 4:
      return { type: 'subscribe', packetId, subscriptions: [{ topicFilter: random.pick(FILTERS), qos }] };
    case 5:
      return { type: 'unsubscribe', packetId, topicFilters: [random.pick(FILTERS), random.pick(FILTERS)] };
    case 6:
      return { type: 'puback', packetId, reasonCode };
    case 7:
      return { type: 'pubrec', packetId, reasonCode };
    case 8:
      return { type: 'pubrel', packetId, reasonCode };
    case 9:
      return { type: 'pubcomp', packetId, reasonCode };
    case 10:
      return { type: 'pingreq' };
    case 11:
      return { type: 'disconnect', reasonCode: version === 5 ? random.pick([0, 4, 0x80]) : 0 };
    case 12:
      return random.pick<Packet>([
        { type: 'connack', sessionPresent: random.flip(), reasonCode: 0 },
        { type: 'suback', packetId, reasonCodes: [qos] },
        { type: 'unsuback', packetId, reasonCodes: version === 5 ? [0] : [] },
        { type: 'pingresp' },
      ]);
    default:
      return version === 5
        ? { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'x' } }
        : { type: 'pingreq' };
  }
}

/** What the encoder refuses is sent as packet type 0. */
function encoded(packet: Packet, version: 4 | 5): Uint8Array {
  try {
    return new Uint8Array(encodePacket(packet, version));
  } catch {
    return Uint8Array.of(0, 0);
  }
}

/** A random type and the right length before a random body. */
function header(random: Random, body: Uint8Array): Uint8Array {
  return Uint8Array.of((random.below(16) << 4) | random.pick([0, 2, random.below(16)]), body.length, ...body);
}
