import { encodePacket, type Packet, PacketDecoder, type ProtocolVersion } from '../../core/index.js';
import { keep } from '../measure.js';
import type { MqttPacket } from './codec-peers.js';

/** So many make an engine forget what it has learnt of the packets of a row. */
const COUNT = 60_000;

const bytes = Buffer.from('odd');
const userProperty: [string, string][] = [['site', 'north']];

/** Packets of all types, with and without what is optional. */
const PACKETS: readonly (readonly [ProtocolVersion, Packet])[] = [
  [4, { type: 'connect', protocolVersion: 4, cleanStart: true, keepAlive: 0, clientId: '' }],
  [
    5,
    {
      type: 'connect',
      protocolVersion: 5,
      cleanStart: true,
      keepAlive: 9,
      clientId: 'ü',
      properties: { userProperty },
    },
  ],
  [4, { type: 'connack', sessionPresent: true, reasonCode: 0 }],
  [5, { type: 'connack', sessionPresent: false, reasonCode: 0x87, properties: { reasonString: 'no', maximumQoS: 1 } }],
  [5, { type: 'publish', topic: 'ü/北', payload: bytes, qos: 2, packetId: 1, retain: true, dup: true, properties: {} }],
  [5, { type: 'publish', topic: '', payload: bytes, qos: 0, retain: false, dup: false, properties: { topicAlias: 3 } }],
  [4, { type: 'publish', topic: 'a', payload: Buffer.alloc(0), qos: 1, packetId: 2, retain: false, dup: false }],
  [4, { type: 'puback', packetId: 1, reasonCode: 0 }],
  [5, { type: 'pubrec', packetId: 2, reasonCode: 0x10, properties: { userProperty } }],
  [5, { type: 'pubrel', packetId: 3, reasonCode: 0x92 }],
  [4, { type: 'pubcomp', packetId: 4, reasonCode: 0 }],
  [5, { type: 'subscribe', packetId: 5, subscriptions: [{ topicFilter: '#', qos: 2, noLocal: true }], properties: {} }],
  [5, { type: 'suback', packetId: 5, reasonCodes: [0, 1, 2, 0x80], properties: { reasonString: 'so' } }],
  [4, { type: 'unsubscribe', packetId: 6, topicFilters: ['a', '+/b'] }],
  [5, { type: 'unsuback', packetId: 6, reasonCodes: [0, 0x11] }],
  [4, { type: 'pingreq' }],
  [4, { type: 'pingresp' }],
  [5, { type: 'disconnect', reasonCode: 0x8e, properties: { sessionExpiryInterval: 0, userProperty } }],
  [5, { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm', authenticationData: bytes } }],
];

/** Numbers that are the same in each run (a linear congruence). @returns 0 to `below` - 1 */
function randomNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** Another text, number, object or nothing in place of one field. */
function altered(packet: object, random: (below: number) => number): object {
  const keys = Object.keys(packet).filter((key) => key !== 'type' && key !== 'cmd');
  if (keys.length === 0) return packet;
  const values = [undefined, 'é', 70_000, -1, true, bytes, { other: 1 }, []];
  return { ...packet, [keys[random(keys.length)]]: values[random(values.length)] };
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    keep(1); // It is odd.
  }
}

/**
 * Takes {@link COUNT} odd packets through both codecs, the same bytes and as many altered objects: all types, with errors in every fourth,
 * so that what an engine compiles afterwards has to serve all kinds. About two seconds.
 */
export function polluteWith(codec: MqttPacket): void {
  const random = randomNumbers();
  const decoders = new Map<ProtocolVersion, (chunk: Buffer) => void>();
  for (let n = 0; n < COUNT; n++) {
    const [version, packet] = PACKETS[random(PACKETS.length)];
    const chunk = encodePacket(packet, version);
    if (n % 4 === 0) chunk[random(chunk.length)] ^= 1 << random(8);
    attempt(() => keep(encodePacket(altered(packet, random) as Packet, version).length));
    const decode = decoders.get(version) ?? bothDecoders(codec, version, random);
    decoders.set(version, decode);
    // A decoder that has refused a packet takes no more.
    if (n % 4 === 0) decoders.delete(version);
    decode(chunk);
  }
}

function bothDecoders(codec: MqttPacket, protocolVersion: ProtocolVersion, random: (below: number) => number) {
  const decoder = new PacketDecoder({ protocolVersion });
  const parser = codec.parser({ protocolVersion });
  parser.on('error', () => keep(1));
  parser.on('packet', (packet) => {
    attempt(() => keep(codec.generate(packet, { protocolVersion }).length));
    attempt(() => keep(codec.generate(altered(packet, random), { protocolVersion }).length));
  });
  return (chunk: Buffer) => {
    attempt(() => {
      for (const packet of decoder.push(chunk)) keep(encodePacket(packet as Packet, protocolVersion).length);
    });
    attempt(() => void parser.parse(chunk));
  };
}
