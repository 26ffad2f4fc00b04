import { integer } from '../bytes/check-arguments.js';

/** Bytes of the shortest and of the longest topic that is kept. */
const SHORTEST = 4;
const LONGEST = 128;
/** Words of 32 bits of an entry: hash, length in bytes, the whole words of the topic, its last four bytes. */
const ENTRY = 3 + LONGEST / 4;

/**
 * Topics that come again and again: each has one string, which a decoder returns whenever it comes. Decoders without a table of their
 * caller share one for 256 texts; a table is for those who have more topics, or want to let go of them. It may be given to any number of
 * decoders and cursors.
 *
 * A topic of 4 to 128 bytes is kept when it comes for the second time, in the place of one with the same hash. It is found by its hash
 * and then compared byte by byte.
 *
 * @example
 * ```ts
 * import { encodePacket, KnownTopics, PacketDecoder } from 'wasmqtt';
 *
 * const knownTopics = new KnownTopics(64);
 * const decoder = new PacketDecoder({ knownTopics });
 * const bytes = encodePacket({ type: 'publish', topic: 'room/1', payload: Buffer.from('21'), qos: 0, retain: false, dup: false }, 4);
 * const packets = [...decoder.push(bytes), ...decoder.push(bytes)];
 * packets.map((packet) => packet.type === 'publish' && packet.topic); // => [ 'room/1', 'room/1' ]
 * ```
 */
export class KnownTopics {
  /** Whether the topic that was not found came before, so that it is time to keep it. */
  isDue = false;
  readonly #entries: Uint32Array;
  readonly #texts: string[];
  /** By place, the hash of the last topic that was not there. */
  readonly #missed: Uint32Array;
  readonly #mask: number;

  /**
   * @param capacity the most topics that are kept, a power of two from 1 to 65,536; each takes 144 bytes and its string. Default 256
   * @throws TypeError or RangeError for another capacity
   */
  constructor(capacity = 256) {
    this.#mask = integer(capacity, 1, 65_536, 'capacity') - 1;
    if ((capacity & this.#mask) !== 0) throw new RangeError(`capacity must be a power of two, not ${capacity}`);
    this.#entries = new Uint32Array(capacity * ENTRY);
    this.#missed = new Uint32Array(capacity);
    this.#texts = new Array<string>(capacity).fill('');
  }

  /** The string of the topic whose bytes these are; undefined when it is not kept. */
  find(bytes: DataView, start: number, end: number): string | undefined {
    const length = end - start;
    this.isDue = false;
    if (length < SHORTEST || length > LONGEST) return undefined;
    const last = bytes.getUint32(end - 4);
    const hash = hashOf(last, bytes.getUint32((start + end - 4) >> 1), length);
    const place = hash & this.#mask;
    const entries = this.#entries;
    let word = place * ENTRY;
    if (entries[word++] !== hash || entries[word++] !== length) return this.#miss(place, hash);
    for (let at = start; at <= end - 4; at += 4) {
      if (entries[word++] !== bytes.getUint32(at)) return this.#miss(place, hash);
    }
    return entries[word] === last ? this.#texts[place] : this.#miss(place, hash);
  }

  #miss(place: number, hash: number): undefined {
    this.isDue = this.#missed[place] === hash;
    this.#missed[place] = hash;
  }

  /** Keeps the topic that is due. @param text its string, which should hold no other one in memory */
  keep(bytes: DataView, start: number, end: number, text: string): void {
    const length = end - start;
    const last = bytes.getUint32(end - 4);
    const hash = hashOf(last, bytes.getUint32((start + end - 4) >> 1), length);
    const place = hash & this.#mask;
    const entries = this.#entries;
    let word = place * ENTRY;
    entries[word++] = hash;
    entries[word++] = length;
    for (let at = start; at <= end - 4; at += 4) entries[word++] = bytes.getUint32(at);
    entries[word] = last;
    this.#texts[place] = text;
  }
}

/** Of the last four bytes, four in the middle and the length, where topics differ; an unsigned integer of 32 bits. */
function hashOf(last: number, middle: number, length: number): number {
  const hash = Math.imul(Math.imul(last, 0x9e37_79b1) ^ middle ^ length, 0x85eb_ca6b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
