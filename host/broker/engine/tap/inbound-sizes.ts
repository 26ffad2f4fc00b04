/** Sizes of the packets of one byte stream, however it is fragmented, read from their fixed headers (2.1.4). */
export class InboundSizes {
  readonly #sizes: number[] = [];
  /** Bytes of the current packet that came, and its size once that is known. */
  #seen = 0;
  #size = 0;
  /** Remaining Length as far as it was read, and the weight of its next digit. */
  #remaining = 0;
  #weight = 1;

  /** Takes bytes of the stream. Bytes that are not MQTT give sizes without meaning. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#size > 0) {
        const step = Math.min(this.#size - this.#seen, bytes.length - at);
        this.#seen += step;
        at += step;
      } else {
        this.#readHeader(bytes[at++]);
      }
      if (this.#size > 0 && this.#seen === this.#size) this.#finish();
    }
  }

  /** The size in bytes of the next packet, in the order of the stream; 0 when it is not complete. */
  next(): number {
    return this.#sizes.shift() ?? 0;
  }

  #readHeader(byte: number): void {
    if (this.#seen++ === 0) return;
    this.#remaining += (byte & 0x7f) * this.#weight;
    this.#weight *= 128;
    if (byte < 0x80) this.#size = this.#seen + this.#remaining;
  }

  #finish(): void {
    this.#sizes.push(this.#size);
    this.#seen = 0;
    this.#size = 0;
    this.#remaining = 0;
    this.#weight = 1;
  }
}
