import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { FlashMedium } from '../calls/hardware/flash-medium.js';

/** Bytes that are erased together: the size is a multiple of it. */
const SECTOR = 4096;
const ERASED = new Uint8Array(64 * SECTOR).fill(0xff);

/**
 * A file that cannot be an external flash; the message says which, why, and what to do.
 *
 * @example
 * ```ts
 * import { FlashFile, FlashFileError } from 'wasmqtt/microvisor';
 *
 * try {
 *   FlashFile.open('odd.bin', 1000);
 * } catch (error) {
 *   if (!(error instanceof FlashFileError)) throw error;
 *   error.message; // => 'a flash of 1000 bytes is not a multiple of 4096 bytes'
 * }
 * ```
 */
export class FlashFileError extends Error {
  override name = 'FlashFileError';
}

/**
 * An external flash whose bytes are those of a file, as they are: an image of a real one can be used.
 *
 * @example
 * ```ts
 * import { FlashFile, type FlashMedium } from 'wasmqtt/microvisor';
 *
 * const file = FlashFile.open('flash.bin', 64 * 1024);
 * const flash: FlashMedium = file;
 * flash.write(4096, Buffer.from('kept'));
 * const bytes = Buffer.alloc(5);
 * flash.read(4096, bytes);
 * bytes.toString('latin1'); // => 'keptÿ'
 * file.close();
 * ```
 */
export class FlashFile implements FlashMedium {
  readonly size: number;
  readonly #path: string;
  #file: number | undefined;

  private constructor(path: string, file: number, size: number) {
    this.#path = path;
    this.#file = file;
    this.size = size;
  }

  /**
   * Opens the file, or makes an erased one, which only its owner can read.
   *
   * @param size bytes of one that is made, a multiple of 4096; one that is there keeps its own
   * @throws FlashFileError when the file cannot be opened or made, or is not a multiple of 4096 bytes
   */
  static open(path: string, size: number): FlashFile {
    if (!isSize(size)) throw new FlashFileError(`a flash of ${size} bytes is not a multiple of ${SECTOR} bytes`);
    let file: number | undefined;
    try {
      file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      const found = fstatSync(file).size;
      if (found === 0) erase(file, size);
      else if (!isSize(found)) throw new Error(`it has ${found} bytes, which is not a multiple of ${SECTOR}`);
      return new FlashFile(path, file, found || size);
    } catch (error) {
      if (file !== undefined) closeSync(file);
      const reason = (error as Error).message;
      throw new FlashFileError(`${path}: cannot be an external flash: ${reason}; name another file`);
    }
  }

  read(address: number, target: Uint8Array): void {
    for (let done = 0; done < target.length; ) {
      const count = readSync(this.#opened(), target, done, target.length - done, address + done);
      if (count === 0) throw new Error(`${this.#path} has become shorter`);
      done += count;
    }
  }

  write(address: number, bytes: Uint8Array): void {
    writeAll(this.#opened(), bytes, address);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #opened(): number {
    if (this.#file === undefined) throw new Error(`${this.#path} is closed`);
    return this.#file;
  }
}

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size > 0 && size % SECTOR === 0;

/** A disk that is full leaves an empty file, and not one of a size that was not asked for. */
function erase(file: number, size: number): void {
  try {
    for (let done = 0; done < size; done += ERASED.length) {
      writeAll(file, ERASED.subarray(0, Math.min(ERASED.length, size - done)), done);
    }
  } catch (error) {
    ftruncateSync(file, 0);
    throw error;
  }
}

function writeAll(file: number, bytes: Uint8Array, address: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, address + done);
  }
}
