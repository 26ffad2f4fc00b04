import { encodePacket, LARGEST_PACKET, MqttError, type PublishPacket, Result } from '../../../core/index.js';
import {
  type Delivery,
  type EncodedForm,
  type PublishShape,
  publishPacket,
  SMALL_PAYLOAD,
  secondsLeft,
} from '../message.js';

/** Bit of the first byte (3.3.1.1). */
const DUP = 0x08;
const NO_PAYLOAD = new Uint8Array(0);

/** A PUBLISH as bytes, for everybody whose packet differs in packet id and DUP at most. */
class EncodedPublish implements EncodedForm {
  readonly shape: PublishShape;
  readonly length: number;
  readonly secondsLeft: number | undefined;
  readonly payload: Uint8Array | undefined;
  readonly #head: Uint8Array;
  /** The id that is in the head, undefined for QoS 0. */
  readonly #packetId: number | undefined;

  /**
   * @param packet what was encoded
   * @param head not changed afterwards
   * @param payload undefined when the head is the whole packet
   */
  constructor(shape: PublishShape, packet: PublishPacket, head: Uint8Array, payload?: Uint8Array) {
    this.shape = shape;
    this.length = head.length + (payload?.length ?? 0);
    this.secondsLeft = packet.properties?.messageExpiryInterval;
    this.payload = payload;
    this.#head = head;
    this.#packetId = packet.packetId;
  }

  head(packetId: number | undefined, dup: boolean): Uint8Array {
    if (packetId === undefined || (packetId === this.#packetId && !dup)) return this.#head;
    const head = Buffer.from(this.#head);
    const topicAt = bodyOf(head);
    const at = topicAt + 2 + head[topicAt] * 256 + head[topicAt + 1];
    head[at] = packetId >> 8;
    head[at + 1] = packetId;
    if (dup) head[0] |= DUP;
    return head;
  }
}

/** The PUBLISH packet of a delivery in this shape; undefined when the topic has no name in it. Parameters as `publishPacket`. */
export function shapedPublish(
  delivery: Delivery,
  shape: PublishShape,
  now: number,
  packetId: number | undefined,
  dup: boolean,
): PublishPacket | undefined {
  const topic = shape.nameOf(delivery.message.topic);
  if (topic === undefined) return undefined;
  const packet = publishPacket(delivery, topic, shape.version, now, packetId, dup);
  if (shape.topicAlias !== undefined) packet.properties = { topicAlias: shape.topicAlias, ...packet.properties };
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
  const { message, forms } = delivery;
  const at = forms?.findIndex((form) => isSame(form.shape, shape)) ?? -1;
  const known = forms?.[at];
  if (known && (shape.version === 4 || known.secondsLeft === secondsLeft(message, now))) return known;
  const packet = shapedPublish(delivery, shape, now, packetId, false);
  if (!packet) return undefined;
  const encoded = encode(shape, packet);
  if (!forms) delivery.forms = [encoded];
  else if (known) forms[at] = encoded;
  else forms.push(encoded);
  return encoded;
}

function isSame(one: PublishShape, other: PublishShape): boolean {
  const isAlike = one.version === other.version && one.mountPoint === other.mountPoint;
  return isAlike && one.topicAlias === other.topicAlias && one.namesTopic === other.namesTopic;
}

function encode(shape: PublishShape, packet: PublishPacket): EncodedPublish {
  const { version } = shape;
  const { payload } = packet;
  if (payload.length <= SMALL_PAYLOAD) return new EncodedPublish(shape, packet, encodePacket(packet, version));
  const head = withPayloadOf(encodePacket({ ...packet, payload: NO_PAYLOAD }, version), payload.length);
  return new EncodedPublish(shape, packet, head, payload);
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
