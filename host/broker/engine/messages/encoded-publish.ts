import { encodePacket, LARGEST_PACKET, MqttError, type PublishPacket, Result } from '../../../core/index.js';
import { type Delivery, type EncodedForm, publishPacket, secondsLeft } from '../message.js';

/** A payload up to this many bytes is copied with its header; a larger one is handed on by reference. */
const JOINED = 1024;
/** Bit of the first byte (3.3.1.1). */
const DUP = 0x08;
const NO_PAYLOAD = new Uint8Array(0);

/** A PUBLISH as bytes, for everybody whose packet differs in packet id and DUP at most. */
class EncodedPublish implements EncodedForm {
  readonly length: number;
  readonly secondsLeft: number | undefined;
  /** The packet, or what comes before its payload. */
  readonly #head: Uint8Array;
  readonly #payload: Uint8Array | undefined;
  /** Index of the packet id in the head, and the id that is there; undefined for QoS 0. */
  readonly #idAt: number | undefined;
  readonly #packetId: number | undefined;

  /**
   * @param head not changed afterwards
   * @param payload undefined when the head is the whole packet
   */
  constructor(head: Uint8Array, payload: Uint8Array | undefined, packetId: number | undefined, secondsLeft?: number) {
    this.length = head.length + (payload?.length ?? 0);
    this.secondsLeft = secondsLeft;
    this.#head = head;
    this.#payload = payload;
    this.#packetId = packetId;
    if (packetId === undefined) return;
    const topicAt = bodyOf(head);
    this.#idAt = topicAt + 2 + head[topicAt] * 256 + head[topicAt + 1];
  }

  write(packetId: number | undefined, dup: boolean, write: (bytes: Uint8Array) => void): void {
    write(this.#headWith(packetId, dup));
    if (this.#payload) write(this.#payload);
  }

  #headWith(packetId: number | undefined, dup: boolean): Uint8Array {
    if (packetId === undefined || (packetId === this.#packetId && !dup)) return this.#head;
    const head = new Uint8Array(this.#head);
    const at = this.#idAt!;
    head[at] = packetId >> 8;
    head[at + 1] = packetId;
    if (dup) head[0] |= DUP;
    return head;
  }
}

/** What decides how a message looks, besides the message. */
export interface PublishShape {
  /** Shapes with the same key are the same. */
  readonly key: string;
  readonly version: 4 | 5;
  /** In each packet (3.3.2.3.4). */
  readonly topicAlias?: number;
  /** The topic's name in the packet, empty where its alias is enough; undefined when it has none. */
  nameOf(topic: string): string | undefined;
}

/** The PUBLISH packet of a delivery in this shape; undefined when the topic has no name in it. Parameters as `publishPacket`. */
export function shapedPublish(
  delivery: Delivery,
  { version, topicAlias, nameOf }: PublishShape,
  now: number,
  packetId: number | undefined,
  dup: boolean,
): PublishPacket | undefined {
  const topic = nameOf(delivery.message.topic);
  if (topic === undefined) return undefined;
  const packet = { ...publishPacket(delivery, version, now, packetId, dup), topic };
  if (topicAlias !== undefined) packet.properties = { topicAlias, ...packet.properties };
  return packet;
}

/**
 * The bytes of a delivery, encoded once for each shape and kept with it.
 *
 * @param now milliseconds: the expiry interval is what is left then (3.3.2-6)
 * @param packetId of the first to get it; undefined for QoS 0
 * @returns undefined when the topic has no name in this shape
 * @throws MqttError for a message that cannot be encoded, PACKET_TOO_LARGE for one beyond what MQTT allows (2.1.4)
 */
export function encodedPublish(
  delivery: Delivery,
  shape: PublishShape,
  now: number,
  packetId: number | undefined,
): EncodedForm | undefined {
  const { key, version } = shape;
  const known = delivery.forms?.get(key);
  if (known && (version === 4 || known.secondsLeft === secondsLeft(delivery.message, now))) return known;
  const packet = shapedPublish(delivery, shape, now, packetId, false);
  if (!packet) return undefined;
  const encoded = encode(packet, version);
  delivery.forms ??= new Map();
  delivery.forms.set(key, encoded);
  return encoded;
}

function encode(packet: PublishPacket, version: 4 | 5): EncodedPublish {
  const { payload, packetId, properties } = packet;
  const seconds = properties?.messageExpiryInterval;
  if (payload.length <= JOINED) return new EncodedPublish(encodePacket(packet, version), undefined, packetId, seconds);
  const head = withPayloadOf(encodePacket({ ...packet, payload: NO_PAYLOAD }, version), payload.length);
  return new EncodedPublish(head, payload, packetId, seconds);
}

/** A packet without payload, with the Remaining Length of one that has a payload. @throws MqttError PACKET_TOO_LARGE */
function withPayloadOf(packet: Uint8Array, payloadLength: number): Uint8Array {
  const body = packet.subarray(bodyOf(packet));
  const header = [packet[0]];
  let rest = body.length + payloadLength;
  do {
    header.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  if (header.length + body.length + payloadLength > LARGEST_PACKET) {
    throw new MqttError(Result.PACKET_TOO_LARGE, -1, 'publish', [], 5);
  }
  const head = new Uint8Array(header.length + body.length);
  head.set(header);
  head.set(body, header.length);
  return head;
}

/** Index behind the fixed header (2.1.1). */
function bodyOf(packet: Uint8Array): number {
  let at = 1;
  while (packet[at] >= 0x80) at++;
  return at + 1;
}
