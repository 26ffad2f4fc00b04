import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instantiateSync } from '@assemblyscript/loader';
import { Abi, ChunkRecord, type CoreExports, PacketRecord } from '../../../build/abi/core.js';

/** The folder of this package, from the sources as from the bundle. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'build/core.wasm'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('wasmqtt: build/core.wasm is missing; run "npm run build" in the package');
    folder = parent;
  }
  return folder;
}

/** Path of a module of this package. */
export function modulePath(name: 'core.wasm' | 'core.simd.wasm' | 'app.wasm'): string {
  return join(packageFolder(), 'build', name);
}

/** core.simd.wasm is the same source compiled for speed instead of size; an engine without SIMD takes core.wasm. */
function instantiate(): CoreExports {
  const load = (name: 'core.wasm' | 'core.simd.wasm') =>
    instantiateSync(readFileSync(modulePath(name)), {}).instance.exports as unknown as CoreExports;
  if (process.env.WASMQTT_CORE === 'small') return load('core.wasm');
  try {
    return load('core.simd.wasm');
  } catch {
    return load('core.wasm');
  }
}

function load(): CoreExports {
  const exports = instantiate();
  if (exports.abi_version() !== Abi.VERSION) {
    throw new Error(
      `wasmqtt: build/core.wasm has ABI version ${exports.abi_version()}, this package wants ${Abi.VERSION}; run "npm run build"`,
    );
  }
  return exports;
}

/** The functions of the one shared instance of core.wasm. */
export const core: CoreExports = load();

const PAGE = 65_536;

/**
 * The memory above the core's own data, used anew by every call: nothing in it outlives the call that wrote it.
 * Only `ensure` grows the memory, and makes the views anew then.
 */
class Scratch {
  u8: Buffer = Buffer.alloc(0);
  u32 = new Uint32Array(0);
  i64 = new BigInt64Array(0);
  /** Changes when what lay here is forgotten. */
  generation = 0;
  /** Called when the views were made anew. */
  onGrow = (): void => {};
  readonly #base: number;
  #next: number;

  constructor(base: number) {
    this.#base = base;
    this.#next = base;
    this.#makeViews();
  }

  #makeViews(): void {
    const { buffer } = core.memory;
    this.u8 = Buffer.from(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i64 = new BigInt64Array(buffer);
  }

  /** Forgets everything and gives the address of `byteLength` bytes. */
  reserve(byteLength: number): number {
    this.#next = this.#base;
    this.generation++;
    return this.take(byteLength);
  }

  /** The address of `byteLength` more bytes, 8-aligned; what was taken before stays where it is. */
  take(byteLength: number): number {
    const address = this.#next;
    const end = address + byteLength;
    this.ensure(end);
    this.#next = (end + 7) & ~7;
    return address;
  }

  /** Makes the memory reach as far as this address. */
  ensure(end: number): void {
    const missing = end - this.u8.length;
    if (missing <= 0) return;
    core.memory.grow(Math.ceil(missing / PAGE));
    this.#makeViews();
    this.onGrow();
  }
}

/** Summaries that one call of mqtt_decode_chunk gives at the most: their table fits into a first-level cache. */
export const TABLE_CAPACITY = 256;
/** The table of mqtt_decode_chunk lies below scratch memory: it lives until the next decoding. A row of zeros is before it. */
export const tableAddress = (core.heap_base() + PacketRecord.SUMMARY_SIZE + 15) & ~15;
const TABLE_SIZE = TABLE_CAPACITY * PacketRecord.SUMMARY_SIZE + PacketRecord.SIZE;
/** The record Chunk lies behind it. */
export const chunkAddress = (tableAddress + TABLE_SIZE + 15) & ~15;

/** The Packet record of encoding. */
export const recordAddress = (chunkAddress + ChunkRecord.SIZE + 15) & ~15;

export const scratch = new Scratch((recordAddress + PacketRecord.SIZE + 15) & ~15);
scratch.reserve(PAGE); // the table must lie in memory from the start
