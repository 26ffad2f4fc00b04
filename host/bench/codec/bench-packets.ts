import { encodePacket, type Packet, type ProtocolVersion } from '../../core/index.js';

/** One kind of packet: as our object, as objects of the peers, and as bytes. */
export interface Sample {
  name: string;
  protocolVersion: ProtocolVersion;
  packet: Packet;
  /** The same packet as an object of mqtt-packet. */
  peerPacket: object;
  /** And as the fields of an object of SAP's codec, if it is encoded by it. */
  sapPacket?: object;
  bytes: Buffer;
}

/** A stream of packets of one version, and how many they are. */
export interface Chunk {
  protocolVersion: ProtocolVersion;
  chunk: Buffer;
  count: number;
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

function sample(
  name: string,
  protocolVersion: ProtocolVersion,
  packet: Packet,
  peerPacket: object,
  sapPacket?: object,
) {
  return { name, protocolVersion, packet, peerPacket, sapPacket, bytes: encodePacket(packet, protocolVersion) };
}

/** A small PUBLISH in our words, which are those of mqtt-packet but for its type. */
const publish = (name: string) => ({ topic: name, payload: small, qos: 0, retain: false, dup: false }) as const;

/** 40 characters of three bytes each. */
const cjkTopic = '溫度感測器電動機軸承'.repeat(4);

/** A small PUBLISH, B PUBLISH of MQTT 5 with three properties, C CONNECT with will and credentials, D SUBSCRIBE, cjk A with another topic. */
const samples: readonly Sample[] = [
  sample(
    'A',
    4,
    { type: 'publish', ...publish(topic) },
    { cmd: 'publish', ...publish(topic) },
    { topic, payload: small },
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
    { packetID: 7, topicFilters: filters.map((filter) => ({ filter, qos: 1 })) },
  ),
  sample('cjk', 4, { type: 'publish', ...publish(cjkTopic) }, { cmd: 'publish', ...publish(cjkTopic) }),
];

export function sampleOf(name: string): Sample {
  const found = samples.find((one) => one.name === name);
  if (!found) throw new RangeError(`there is no packet ${name}`);
  return found;
}

/** Length of a chunk of a busy connection, bytes. */
const CHUNK = 65_536;

/** As many copies of a packet as fit into one chunk. */
export function chunkOf({ bytes, protocolVersion }: Sample): Chunk {
  const count = Math.floor(CHUNK / bytes.length);
  return { protocolVersion, chunk: Buffer.concat(Array<Buffer>(count).fill(bytes)), count };
}

/** Packets of 3.1.1 by their number, as many as fit. */
function chunkOfEach(packetAt: (n: number) => Packet, length: number): Chunk {
  const parts: Buffer[] = [];
  for (let n = 0, size = 0; ; n++) {
    const bytes = encodePacket(packetAt(n), 4);
    size += bytes.length;
    if (size > length) return { protocolVersion: 4, chunk: Buffer.concat(parts), count: parts.length };
    parts.push(bytes);
  }
}

/** A 3.1.1 connection: mostly readings on 50 topics, mixed with acknowledgements, pings and subscriptions. @param length bytes */
export function mix(length = CHUNK): Chunk {
  return chunkOfEach((n) => {
    const packetId = (n % 65_535) + 1;
    if (n % 10 === 9) return { type: 'puback', packetId, reasonCode: 0 };
    if (n % 40 === 38) return { type: 'pingreq' };
    if (n % 100 === 50) return sampleOf('D').packet;
    const reading = {
      type: 'publish',
      topic: `sensor/device/${n % 50}/temperature`,
      payload: n % 3 === 0 ? large : small,
      retain: false,
      dup: false,
    } as const;
    return n % 2 === 0 ? { ...reading, qos: 1, packetId } : { ...reading, qos: 0 };
  }, length);
}

/** 64 KiB of small PUBLISH packets on topics that do not recur soon. */
export function coldTopics(): Chunk {
  return chunkOfEach((n) => ({ type: 'publish', ...publish(`sensor/device/${String(n).padStart(10, '0')}`) }), CHUNK);
}
