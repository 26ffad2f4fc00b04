import { u16At } from '../bytes/big-endian.js';
import { bytes, integer, object } from '../bytes/check-arguments.js';
import { copyOf } from '../bytes/views.js';
import type { ProtocolVersion, PublishPacket } from '../packets.js';
import { finishPacket } from './check-written.js';
import { publishFirstByte, writePublishHead } from './encode.js';
import { borrowWriter, giveBack, PacketWriter } from './packet-writer.js';

/** What PUBLISH packets of one kind have in common. */
export type PublishTemplate = Pick<PublishPacket, 'topic' | 'qos' | 'retain' | 'properties'>;

/** Encodes PUBLISH packets that differ only in payload and packet id; made by `preparePublish`. */
export class PreparedPublish {
  /** The version for which it was prepared. */
  readonly protocolVersion: ProtocolVersion;
  readonly #firstByte: number;
  /** The bytes between the fixed header and the payload. */
  readonly #head: Buffer;
  /** Index of the packet id in the head; 0 for QoS 0, which has none. */
  readonly #idAt: number;

  /** @throws as `preparePublish` */
  constructor(template: PublishTemplate, protocolVersion: ProtocolVersion) {
    object(template, 'template');
    this.protocolVersion = integer(protocolVersion, 3, 5, 'protocolVersion') as ProtocolVersion;
    const { topic, qos, retain, properties } = template;
    const writer = new PacketWriter();
    writer.begin(this.protocolVersion);
    this.#firstByte = publishFirstByte(writer, qos, retain, false);
    const anyId = 1;
    writePublishHead(writer, topic, qos, anyId, properties, this.protocolVersion);
    finishPacket(writer, this.#firstByte, this.protocolVersion, 'publish');
    this.#head = copyOf(writer.bytes.subarray(writer.body, writer.at));
    this.#idAt = qos > 0 ? 2 + u16At(this.#head, 0) : 0;
  }

  /**
   * Encodes a packet with this payload.
   *
   * @param packetId 1 to 65,535 for QoS 1 and 2; ignored for QoS 0
   * @returns the packet as bytes that the caller owns
   * @throws TypeError when the payload is not a Uint8Array or the packet id is not an integer; RangeError for a packet id out
   * of range; MqttError PACKET_TOO_LARGE beyond what the protocol allows (2.1.4). Nothing is written then.
   */
  encode(payload: Uint8Array, packetId?: number): Buffer {
    const writer = borrowWriter();
    try {
      this.write(writer, payload, packetId);
      return writer.take();
    } finally {
      giveBack(writer);
    }
  }

  /** Like `encode`, after what was written before: for PacketBatch. */
  write(writer: PacketWriter, payload: Uint8Array, packetId?: number): void {
    bytes(payload, 'publish', 'payload');
    const at = this.#idAt;
    if (at > 0) {
      const id = integer(packetId, 1, 0xffff, 'publish', 'packetId');
      this.#head[at] = id >> 8;
      this.#head[at + 1] = id;
    }
    writer.whole(this.#firstByte, this.#head, payload, 'publish');
  }
}

/**
 * Checks and encodes once what many PUBLISH packets have in common; each of them then writes only its payload and packet id.
 *
 * @param template topic, QoS, retain flag and properties of the packets; they are not duplicates (DUP is 0)
 * @param protocolVersion of the connection: 3, 4 (MQTT 3.1.1) or 5
 * @throws MqttError when the packets would break a rule of the standard (byteOffset -1); TypeError or RangeError for a value of
 * the wrong type or range.
 *
 * @example
 * ```ts
 * import { type PreparedPublish, type PublishTemplate, preparePublish } from 'wasmqtt';
 *
 * const template: PublishTemplate = { topic: 'devices/1/data', qos: 1, retain: false };
 * const prepared: PreparedPublish = preparePublish(template, 5);
 * for (const [index, value] of ['21.4', '21.5'].entries()) {
 *   const bytes = prepared.encode(Buffer.from(value), index + 1);
 *   bytes.length; // => 25
 * }
 * ```
 */
export function preparePublish(template: PublishTemplate, protocolVersion: ProtocolVersion): PreparedPublish {
  return new PreparedPublish(template, protocolVersion);
}
