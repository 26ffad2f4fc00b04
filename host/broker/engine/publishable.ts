import { checkTopicName, encodePacket, LARGEST_PACKET, type PublishPacket } from '../../core/index.js';

/** Bytes that a PUBLISH without properties has besides its payload, at most: headers and the longest topic. */
const LARGEST_HEAD = 65_535 + 16;

/**
 * Checks what the broker's own program publishes as the decoder checks what clients publish: a message that cannot be encoded
 * would fail at each subscriber, and again at each later one when it is retained.
 *
 * @throws RangeError when topic, QoS or properties are not valid, or the message is too large; TypeError for the payload
 */
export function checkPublishable(message: Omit<PublishPacket, 'type' | 'dup' | 'packetId'>): void {
  const { topic, payload, qos } = message;
  if (!(payload instanceof Uint8Array)) throw new TypeError('cannot publish: pass the payload as text or a Uint8Array');
  const code = checkTopicName(topic);
  if (code < 0) throw new RangeError(`cannot publish: "${topic}" is not a valid topic name (MQTT 4.7, code ${code})`);
  // Most messages need no more than this.
  if (!message.properties && (qos === 0 || qos === 1 || qos === 2) && payload.length < LARGEST_PACKET - LARGEST_HEAD) {
    return;
  }
  const size = payload.length + sizeOfHead({ ...message, type: 'publish', dup: false, packetId: qos ? 1 : undefined });
  if (size <= LARGEST_PACKET) return;
  throw new RangeError(
    `cannot publish to "${topic}": ${size} bytes; send it in parts of at most ${LARGEST_PACKET} bytes (MQTT 2.1.4)`,
  );
}

/** Bytes of the packet, without its payload. */
function sizeOfHead(packet: PublishPacket): number {
  try {
    return encodePacket({ ...packet, payload: new Uint8Array(0) }, 5).length;
  } catch (error) {
    const reason = (error as Error).message;
    throw new RangeError(`cannot publish to "${packet.topic}": ${reason}; correct the options`, { cause: error });
  }
}
