import { expect } from 'vitest';
import {
  encodePacket,
  MqttError,
  type Packet,
  PacketDecoder,
  type PayloadPiece,
  type PublishPacket,
  type PublishStart,
} from '../../../../host/core/index.js';

export type Item = Packet | PublishStart | PayloadPiece;

export const PING = Buffer.from('c000', 'hex');
export const WILDCARD = Buffer.from('30040002612b', 'hex');
/** Bytes that differ from their neighbours, so that a misplaced piece is noticed. */
export const pattern = (length: number) => Buffer.from(Array.from({ length }, (_, n) => (n * 7 + (n >> 8)) & 0xff));

export const publish = (payload: Buffer, more: Partial<PublishPacket> = {}): PublishPacket => ({
  type: 'publish',
  topic: 'a/b',
  payload,
  qos: 0,
  retain: false,
  dup: false,
  properties: {},
  ...more,
});

export const large = publish(pattern(300), {
  qos: 2,
  packetId: 9,
  properties: { contentType: 'text/plain', correlationData: Buffer.from([1, 2, 3]), topicAlias: 4 },
});
export const LARGE_HEADER = encodePacket(large, 5).length - 300;

export const packets: Packet[] = [
  { type: 'pingreq' },
  large,
  { type: 'puback', packetId: 3, reasonCode: 0, properties: {} },
  publish(pattern(200)),
  publish(pattern(20)),
  publish(pattern(130), { qos: 1, packetId: 7, retain: true }),
  { type: 'pingresp' },
];
export const stream = Buffer.concat(packets.map((packet) => encodePacket(packet, 5)));

export function decoderOf(largestBuffered: number, maximumPacketSize?: number) {
  return new PacketDecoder({ protocolVersion: 5, largestBuffered, maximumPacketSize });
}

/** The items of a stream that is cut at these places, and its error. */
export function decoded(bytes: Buffer, cuts: number[], largestBuffered: number, maximumPacketSize?: number) {
  const decoder = decoderOf(largestBuffered, maximumPacketSize);
  const places = [0, ...cuts, bytes.length];
  const items: Item[] = [];
  try {
    for (const [at, end] of places.slice(1).entries()) items.push(...decoder.push(bytes.subarray(places[at], end)));
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    return { items: [...items, ...(error.packets as Item[])], error };
  }
  return { items, error: undefined };
}

export const everyCut = (size: number) =>
  Array.from({ length: Math.ceil(stream.length / size) - 1 }, (_, n) => (n + 1) * size);

/** The packets of the items, each payload joined again. Expects that the lengths in the items are right. */
export function joined(items: readonly Item[]): Packet[] {
  const whole: Packet[] = [];
  let remaining = 0;
  for (const item of items) {
    if (item.type !== 'piece') {
      expect(remaining, 'a packet inside a payload').toBe(0);
      const { payloadLength, ...packet } = item as PublishStart;
      whole.push(packet);
      if (payloadLength !== undefined) remaining = payloadLength - packet.payload.length;
      continue;
    }
    const publish = whole.at(-1) as PublishPacket;
    publish.payload = Buffer.concat([publish.payload, item.payload]);
    expect(item.payload.length).toBeGreaterThan(0);
    remaining -= item.payload.length;
    expect(item.remaining).toBe(remaining);
  }
  expect(remaining).toBe(0);
  return whole;
}
