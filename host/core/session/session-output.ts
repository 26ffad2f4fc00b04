import { allocate, asView, copyOf } from '../bytes/views.js';
import { packetSize } from '../encode/packet-writer.js';
import { scratch } from '../engine/scratch.js';

/**
 * Bytes for the server, in their order. While the payload of a PUBLISH is given in pieces, other packets wait for its end: on a
 * connection one packet follows the other.
 */
export class SessionOutput {
  #ready: Buffer[] = [];
  #waiting: Buffer[] = [];
  #missing = 0;

  /** Bytes of the payload that are still to be given. */
  get missing(): number {
    return this.#missing;
  }

  /** Adds a packet that lies in linear memory. */
  packet(address: number, length: number): void {
    const copy = copyOf(scratch.u8.subarray(address, address + length));
    if (this.#missing > 0) this.#waiting.push(copy);
    else this.#ready.push(copy);
  }

  /**
   * Adds a PUBLISH.
   *
   * @param address of the packet without its payload, as it lies in linear memory
   * @param length of it, bytes
   * @param payload its first bytes, which are copied
   * @param payloadLength bytes of the whole payload
   */
  publish(address: number, length: number, payload: Uint8Array, payloadLength: number): void {
    const { u8 } = scratch;
    let start = address + 1;
    while (u8[start++] > 0x7f);
    const body = address + length - start;
    const header = packetSize(body + payloadLength) - body - payloadLength;
    const packet = allocate(header + body + payload.length);
    packet[0] = u8[address];
    let rest = body + payloadLength;
    for (let at = 1; at < header; at++, rest >>>= 7) packet[at] = (rest & 0x7f) | (at < header - 1 ? 0x80 : 0);
    packet.set(u8.subarray(start, start + body), header);
    packet.set(payload, header + body);
    this.#ready.push(packet);
    this.#missing = payloadLength - payload.length;
  }

  /** Adds the next bytes of the payload, as a view; at most those that are missing. */
  piece(bytes: Uint8Array): void {
    this.#ready.push(asView(bytes));
    this.#missing -= bytes.length;
    if (this.#missing > 0) return;
    this.#ready.push(...this.#waiting);
    this.#waiting = [];
  }

  /** What is to be sent now. */
  take(): Buffer[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  clear(): void {
    this.#ready = [];
    this.#waiting = [];
    this.#missing = 0;
  }
}
