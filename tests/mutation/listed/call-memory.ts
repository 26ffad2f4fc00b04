// The bytes of an input, and the places in the memory of the twins that its calls work with.

/** Bytes between two places. */
const GAP = 16;

/** The bytes of an input from the front, zeros behind its end, and places in the memory of the twins. */
export class Room {
  #low;
  #high;
  #isTurned;

  /** `isTurned`: what is written lies at the end of memory, and what is read at the beginning. */
  constructor(twins, bytes, isTurned) {
    this.#isTurned = isTurned;
    this.twins = twins;
    this.bytes = bytes;
    this.at = 0;
    this.#low = twins.heapBase;
    this.#high = twins.memory.length;
  }

  get left() {
    return this.bytes.length - this.at;
  }

  u8() {
    return this.at < this.bytes.length ? this.bytes[this.at++] : 0;
  }

  u16() {
    return (this.u8() << 8) | this.u8();
  }

  u32() {
    return this.u16() * 65_536 + this.u16();
  }

  take(most = this.left) {
    const start = this.at;
    this.at += Math.min(most, this.left);
    return this.bytes.subarray(start, this.at);
  }

  /** A place at a multiple of 8, with some bytes before it that belong to nobody; the first of all may be the end of memory. */
  place(size, content = []) {
    return this.put(this.#isTurned ? this.#above(size) : this.#below(size), content);
  }

  /** At the very end of memory, so that a look behind the bytes is a trap; or below all places. */
  last(content) {
    if (this.#isTurned) return this.put(this.#below(content.length), content);
    this.#high = this.twins.memory.length - content.length;
    return this.put(this.#high, content);
  }

  #below(size) {
    const at = (this.#low + GAP + 7) & ~7;
    this.#low = at + size;
    this.#check();
    return at;
  }

  #above(size) {
    const isFirst = this.#high === this.twins.memory.length;
    // Of a session at the end of memory no byte follows.
    this.#high = (this.#high - size - (isFirst ? 0 : GAP)) & ~3;
    this.#check();
    return this.#high;
  }

  #check() {
    if (this.#low + GAP > this.#high) throw new Error('the places of an input fit into linear memory');
  }

  put(at, content) {
    this.twins.memory.set(content, at);
    return at;
  }

  word(at) {
    return this.twins.memory.readUInt32LE(at);
  }

  /** Writes fields of a record. */
  set(record, offsets, fields) {
    for (const [name, value] of Object.entries(fields))
      this.twins.memory.writeUInt32LE(value >>> 0, record + offsets[name]);
    return record;
  }

  read(at, length) {
    return Buffer.from(this.twins.memory.subarray(at, at + length));
  }

  call(name, ...words) {
    return this.twins.call(name, ...words);
  }
}
