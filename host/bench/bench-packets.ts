import { encodePacket, type Packet, type ProtocolVersion } from '../core/index.js';

/** One kind of packet: as our object, as an object of mqtt-packet, and as bytes. */
export interface Sample {
  name: string;
  protocolVersion: ProtocolVersion;
  packet: Packet;
  /** The same packet as an object of mqtt-packet. */
  peerPacket: object;
  bytes: Buffer;
}

const topic = 'sensor/device/UV00000001';
const small = Buffer.alloc(16, 'a');
const large = Buffer.alloc(256, 'a');
const filters = ['a/b/c', 'command/device/+', 'sensor/#', 'x/y/z/w'];

const will = {
  topic: 'status/device',
  payload: Buffer.from('gone'),
  qos: 1,
  retain: true,
  properties: { willDelayInterval: 5 },
} as const;
const properties = { sessionExpiryInterval: 3600, receiveMaximum: 20 };

function sample(name: string, protocolVersion: ProtocolVersion, packet: Packet, peerPacket: object): Sample {
  return { name, protocolVersion, packet, peerPacket, bytes: encodePacket(packet, protocolVersion) };
}

/** A small PUBLISH, B PUBLISH of MQTT 5 with three properties, C CONNECT with will and credentials, D SUBSCRIBE. */
export const samples: readonly Sample[] = [
  sample(
    'A',
    4,
    { type: 'publish', topic, payload: small, qos: 0, retain: false, dup: false },
    { cmd: 'publish', topic, payload: small, qos: 0, retain: false, dup: false },
  ),
  sample(
    'B',
    5,
    {
      type: 'publish',
      topic,
      payload: large,
      qos: 1,
      retain: false,
      dup: false,
      packetId: 5,
      properties: { messageExpiryInterval: 60, contentType: 'application/json', userProperty: [['site', 'north']] },
    },
    {
      cmd: 'publish',
      topic,
      payload: large,
      qos: 1,
      retain: false,
      dup: false,
      messageId: 5,
      properties: { messageExpiryInterval: 60, contentType: 'application/json', userProperties: { site: 'north' } },
    },
  ),
  sample(
    'C',
    5,
    {
      type: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAlive: 60,
      clientId: 'UV0123456789abcdef0123456789abcdef',
      userName: 'device',
      password: Buffer.from('correct horse'),
      will,
      properties,
    },
    {
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: true,
      keepalive: 60,
      clientId: 'UV0123456789abcdef0123456789abcdef',
      username: 'device',
      password: Buffer.from('correct horse'),
      will,
      properties,
    },
  ),
  sample(
    'D',
    4,
    { type: 'subscribe', packetId: 7, subscriptions: filters.map((topicFilter) => ({ topicFilter, qos: 1 })) },
    { cmd: 'subscribe', messageId: 7, subscriptions: filters.map((filter) => ({ topic: filter, qos: 1 })) },
  ),
];

/** Length of a chunk of a busy connection, bytes. */
export const CHUNK = 65_536;

/** As many copies of a packet as fit into one chunk, and their number. */
export function chunkOf(bytes: Buffer): { chunk: Buffer; count: number } {
  const count = Math.floor(CHUNK / bytes.length);
  return { chunk: Buffer.concat(Array<Buffer>(count).fill(bytes)), count };
}

/** 64 KiB of a 3.1.1 connection: mostly readings on 50 topics, mixed with acknowledgements, pings and subscriptions. */
export function mix(): { chunk: Buffer; count: number } {
  const parts: Buffer[] = [];
  let size = 0;
  for (let n = 0; ; n++) {
    const packet: Packet =
      n % 10 === 9
        ? { type: 'puback', packetId: (n % 65_535) + 1, reasonCode: 0 }
        : n % 40 === 38
          ? { type: 'pingreq' }
          : n % 100 === 50
            ? samples[3].packet
            : {
                type: 'publish',
                topic: `sensor/device/${n % 50}/temperature`,
                payload: n % 3 === 0 ? large : small,
                qos: n % 2 === 0 ? 1 : 0,
                retain: false,
                dup: false,
                ...(n % 2 === 0 ? { packetId: (n % 65_535) + 1 } : {}),
              };
    const bytes = encodePacket(packet, 4);
    if (size + bytes.length > CHUNK) return { chunk: Buffer.concat(parts), count: parts.length };
    parts.push(bytes);
    size += bytes.length;
  }
}

/** 64 KiB of small PUBLISH packets on topics that do not recur soon. */
export function coldTopics(): { chunk: Buffer; count: number } {
  const parts: Buffer[] = [];
  for (let n = 0, size = 0; ; n++) {
    const packet: Packet = {
      type: 'publish',
      topic: `sensor/device/${String(n).padStart(10, '0')}`,
      payload: small,
      qos: 0,
      retain: false,
      dup: false,
    };
    const bytes = encodePacket(packet, 4);
    size += bytes.length;
    if (size > CHUNK) return { chunk: Buffer.concat(parts), count: parts.length };
    parts.push(bytes);
  }
}
