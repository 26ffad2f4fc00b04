import type { GuestMemory } from '../kernel/guest-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import { i32s, type Offer } from './host-function.js';

/** Thrown by `proc_exit`, which must not return: the guest ends. */
export class GuestExit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Error numbers of WASI. */
const SUCCESS = 0;
const BADF = 8;
const INVAL = 28;
const FAULT = 21;
const SPIPE = 70;
/** Bytes of a vector of WASI: an address and a length. */
const VECTOR = 8;
/** Bytes of `fdstat`: the kind of the file, its flags and rights. */
const FDSTAT = 24;
const CHARACTER_DEVICE = 2;
/** A line is written when it has so many bytes, without an end. */
const LONGEST_LINE = 4096;
/** Bytes that one call writes at most; a C library calls again for the rest. */
const LONGEST_WRITE = 65_536;
/** Vectors that one call takes (IOV_MAX). */
const MOST_VECTORS = 1024;
const NEWLINE = 10;

const plain = (params: number, results: 0 | 1 = 1): Offer => ({ signature: i32s(params, results), kind: 'plain' });

/**
 * The functions of `wasi_snapshot_preview1` that a C library needs for `printf` and to leave `main`. There are no files, no arguments and
 * no environment; what a guest imports beyond these is refused.
 */
export const wasiOffers: Readonly<Record<string, Offer>> = {
  fd_write: plain(4),
  fd_close: plain(1),
  fd_seek: { signature: { params: ['i32', 'i64', 'i32', 'i32'], results: ['i32'] }, kind: 'plain' },
  fd_fdstat_get: plain(2),
  args_sizes_get: plain(2),
  args_get: plain(2),
  environ_sizes_get: plain(2),
  environ_get: plain(2),
  proc_exit: plain(1, 0),
};

/** Standard output and standard error of one guest as lines of its log. */
export class Wasi {
  readonly #memory: GuestMemory;
  readonly #lines: Readonly<Record<number, LineBuffer>>;

  constructor({ memory, logging }: Pick<Kernel, 'memory' | 'logging'>) {
    const print = (line: Uint8Array) => logging.printBytes(line);
    this.#memory = memory;
    this.#lines = { 1: new LineBuffer(print), 2: new LineBuffer(print) };
  }

  readonly functions: Readonly<Record<string, (...args: number[]) => number>> = {
    fd_write: (file, vectors, count, writtenOut) => this.#write(file, vectors >>> 0, count >>> 0, writtenOut >>> 0),
    fd_close: (file) => (this.#lines[file] ? SUCCESS : BADF),
    fd_seek: (file) => (this.#lines[file] ? SPIPE : BADF),
    fd_fdstat_get: (file, out) => (this.#lines[file] ? this.#describe(out >>> 0) : BADF),
    args_sizes_get: (count, bytes) => this.#nothing(count >>> 0, bytes >>> 0),
    args_get: () => SUCCESS,
    environ_sizes_get: (count, bytes) => this.#nothing(count >>> 0, bytes >>> 0),
    environ_get: () => SUCCESS,
    proc_exit: (code) => {
      throw new GuestExit(code);
    },
  };

  /** Writes what has no end of line yet. */
  flush(): void {
    for (const line of Object.values(this.#lines)) line.flush();
  }

  #write(file: number, vectors: number, count: number, writtenOut: number): number {
    const line = this.#lines[file];
    if (!line) return BADF;
    if (count > MOST_VECTORS) return INVAL;
    const memory = this.#memory;
    if (!memory.holds(vectors, count * VECTOR) || !memory.holds(writtenOut, 4)) return FAULT;
    let written = 0;
    for (let at = vectors; at < vectors + count * VECTOR && written < LONGEST_WRITE; at += VECTOR) {
      const address = memory.view.getUint32(at, true);
      const length = memory.view.getUint32(at + 4, true);
      if (length === 0) continue;
      if (!memory.holds(address, length)) return FAULT;
      const taken = Math.min(length, LONGEST_WRITE - written);
      line.write(new Uint8Array(memory.view.buffer, address, taken));
      written += taken;
    }
    memory.view.setUint32(writtenOut, written, true);
    return SUCCESS;
  }

  #describe(out: number): number {
    if (!this.#memory.holds(out, FDSTAT)) return FAULT;
    new Uint8Array(this.#memory.view.buffer, out, FDSTAT).fill(0);
    this.#memory.view.setUint8(out, CHARACTER_DEVICE);
    return SUCCESS;
  }

  #nothing(count: number, bytes: number): number {
    if (!this.#memory.holds(count, 4) || !this.#memory.holds(bytes, 4)) return FAULT;
    this.#memory.view.setUint32(count, 0, true);
    this.#memory.view.setUint32(bytes, 0, true);
    return SUCCESS;
  }
}

/** Puts bytes together until there is a line. */
class LineBuffer {
  readonly #print: (line: Uint8Array) => void;
  readonly #bytes: number[] = [];

  constructor(print: (line: Uint8Array) => void) {
    this.#print = print;
  }

  write(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === NEWLINE) this.#line();
      else {
        this.#bytes.push(byte);
        if (this.#bytes.length === LONGEST_LINE) this.#line();
      }
    }
  }

  /** Writes what has no end of line yet. */
  flush(): void {
    if (this.#bytes.length > 0) this.#line();
  }

  #line(): void {
    this.#print(Uint8Array.from(this.#bytes));
    this.#bytes.length = 0;
  }
}
