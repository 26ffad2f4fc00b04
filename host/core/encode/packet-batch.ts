import { integer } from '../bytes/check-arguments.js';
import type { Packet, ProtocolVersion } from '../packets.js';
import { writePacket } from './encode.js';
import { PacketWriter } from './packet-writer.js';
import { PreparedPublish } from './prepared-publish.js';

/** Bytes of memory that a batch of small packets takes: fresh memory is expensive, and its owner gets all of it. */
const MEMORY = 65_536;

/**
 * Encodes packets one after the other into one piece of memory, so that they can be sent as one.
 *
 * @example
 * ```ts
 * import { PacketBatch, preparePublish } from 'wasmqtt';
 *
 * const batch = new PacketBatch(5);
 * batch.add({ type: 'pingreq' });
 * batch.addPrepared(preparePublish({ topic: 'a', qos: 1, retain: false }, 5), Buffer.from('hi'), 7);
 * [batch.count, batch.byteLength]; // => [ 2, 12 ]
 * const bytes = batch.take();
 * ```
 */
export class PacketBatch {
  /** Version of the packets; a CONNECT has its own. */
  readonly protocolVersion: ProtocolVersion;
  readonly #writer = new PacketWriter(MEMORY);
  #count = 0;
  #writing = false;

  /**
   * @param protocolVersion 3, 4 (MQTT 3.1.1) or 5
   * @throws TypeError or RangeError for another value
   */
  constructor(protocolVersion: ProtocolVersion) {
    this.protocolVersion = integer(protocolVersion, 3, 5, 'protocolVersion') as ProtocolVersion;
  }

  /** Packets in the batch. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the packets in the batch. */
  get byteLength(): number {
    return this.#writer.finished;
  }

  /**
   * Encodes a packet after the others.
   *
   * @throws MqttError when the packet breaks a rule of the standard (byteOffset -1); TypeError or RangeError for a value
   * of the wrong type or range, RangeError also beyond 1 GiB; Error when a getter of the packet uses the batch. The batch
   * is then unchanged.
   */
  add(packet: Packet): void {
    this.#checkIdle();
    this.#writing = true;
    try {
      writePacket(this.#writer, packet, this.protocolVersion);
      this.#count++;
    } finally {
      this.#writing = false;
    }
  }

  /**
   * Encodes a PUBLISH that was prepared for the version of the batch.
   *
   * @param packetId 1 to 65,535, for QoS 1 and 2
   * @throws TypeError when `prepared` does not come from `preparePublish`, RangeError when it is for another version, and the
   * errors of `PreparedPublish.encode`. The batch is then unchanged.
   */
  addPrepared(prepared: PreparedPublish, payload: Uint8Array, packetId?: number): void {
    if (!(prepared instanceof PreparedPublish)) throw new TypeError('prepared must come from preparePublish');
    const { protocolVersion } = prepared;
    if (protocolVersion !== this.protocolVersion) {
      throw new RangeError(`publish: prepared for version ${protocolVersion}, the batch has ${this.protocolVersion}`);
    }
    this.#checkIdle();
    prepared.write(this.#writer, payload, packetId);
    this.#count++;
  }

  /** The packets as bytes, which the caller then owns; the batch is empty afterwards. */
  take(): Buffer {
    this.#checkIdle();
    this.#count = 0;
    return this.#writer.take();
  }

  /** The packets as a view that is valid until the batch is used again, for callers that copy them at once. */
  view(): Buffer {
    return this.#writer.view();
  }

  /** Empties the batch; its memory is used again. */
  reset(): void {
    this.#checkIdle();
    this.#count = 0;
    this.#writer.reset();
  }

  #checkIdle(): void {
    if (this.#writing) throw new Error('PacketBatch: a packet is being added; its getters must not use the batch');
  }
}
