import { ChunkRecord, PacketRecord } from '../../../build/abi/core.js';
import { NOTHING, View } from '../bytes/views.js';
import { core, isLoaded, renewCore } from './core.js';
import { DATA_END } from './load.js';

const PAGE = 65_536;
/** Addresses from here on are negative numbers to the core. */
const END = 0x8000_0000;
/** Bytes of memory that are kept. More, which a huge packet took, is given back when less is needed again. */
const KEPT = 16 * 1024 * 1024;

/**
 * The memory above the core's own data. Every call uses it from the start: nothing in it outlives the call that wrote it,
 * but for what is set aside. Only `ensure` grows the memory, and only `reserve` gives it back; both then renew the views.
 */
class Scratch {
  u8: Buffer = NOTHING;
  u32 = new Uint32Array(0);
  i64 = new BigInt64Array(0);
  /** For words at any address. */
  view = new DataView(new ArrayBuffer(0));
  /** Changes when the contents are forgotten. */
  generation = 0;
  /** Called after the views were renewed. */
  onGrow = (): void => {};
  /** Called before the memory is given up, with the table of mqtt_decode_chunk in it. */
  onGiveBack = (): void => {};
  /** Where what is set aside begins. */
  readonly aside: number;
  #base: number;
  #next: number;

  constructor(base: number) {
    this.aside = base;
    this.#base = base;
    this.#next = base;
    if (isLoaded()) this.begin();
  }

  /** Takes the memory of a core that was loaded just now. */
  begin(): void {
    this.#makeViews();
    this.reserve(0);
  }

  #makeViews(): void {
    // The table must lie in memory from the start.
    if (core.memory.buffer.byteLength < this.#base + PAGE) core.memory.grow(1);
    const { buffer } = core.memory;
    this.u8 = new View(buffer, 0, buffer.byteLength);
    this.u32 = new Uint32Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Forgets the contents and returns the address of `byteLength` bytes. */
  reserve(byteLength: number): number {
    if (this.u8.length > KEPT && this.#base - this.aside + byteLength < KEPT / 2) this.#giveBack();
    this.#next = this.#base;
    this.generation++;
    return this.take(byteLength);
  }

  #giveBack(): void {
    this.onGiveBack();
    const kept = Uint8Array.prototype.slice.call(this.u8, this.aside, this.#base);
    renewCore();
    this.#makeViews();
    this.u8.set(kept, this.aside);
  }

  /** Sets aside `byteLength` bytes at `aside`, in place of those before: what is written there stays. The contents behind them are forgotten. */
  setAside(byteLength: number): void {
    const end = (this.aside + byteLength + 7) & ~7;
    this.ensure(end);
    this.#base = end;
    this.reserve(0);
  }

  /** The address of `byteLength` more bytes, 8-aligned; what was taken before stays where it is. */
  take(byteLength: number): number {
    const address = this.#next;
    const end = address + byteLength;
    this.ensure(end);
    this.#next = (end + 7) & ~7;
    return address;
  }

  /** Makes the memory reach as far as this address. @throws RangeError when the core cannot reach as far */
  ensure(end: number): void {
    const missing = end - this.u8.length;
    if (missing <= 0) return;
    if (end > END - PAGE) throw new RangeError('the core takes less than 2 GiB at once: pass fewer bytes');
    const pages = Math.ceil(missing / PAGE);
    const { memory } = core;
    try {
      memory.grow(pages);
    } catch (cause) {
      throw new RangeError(`the system has no ${pages * PAGE} bytes more for the core: pass fewer bytes`, { cause });
    }
    this.#makeViews();
    this.onGrow();
  }
}

/** Summaries that one call of mqtt_decode_chunk writes at most: their table fits into a first-level cache. */
export const TABLE_CAPACITY = 256;
/** The table of mqtt_decode_chunk lies below scratch memory: it lives until the next decoding. A row of zeros precedes it. */
export const tableAddress = (DATA_END + PacketRecord.SUMMARY_SIZE + 15) & ~15;
const TABLE_SIZE = TABLE_CAPACITY * PacketRecord.SUMMARY_SIZE + PacketRecord.SIZE;
/** The Chunk record follows the table. */
export const chunkAddress = (tableAddress + TABLE_SIZE + 15) & ~15;

/** The Packet record of encoding. */
export const recordAddress = (chunkAddress + ChunkRecord.SIZE + 15) & ~15;

/** Bytes of the longest text that is made UTF-16 by the core. */
export const LONGEST_TEXT = 1024;
/** Room for a text in UTF-8 and in UTF-16. */
export const textAddress = (recordAddress + PacketRecord.SIZE + 15) & ~15;
export const utf16Address = textAddress + LONGEST_TEXT;

export const scratch = new Scratch(utf16Address + 2 * LONGEST_TEXT);
