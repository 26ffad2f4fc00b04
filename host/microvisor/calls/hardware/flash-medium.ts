/** What keeps the bytes of the external flash. Erased bytes are 0xff. */
export interface FlashMedium {
  /** Bytes, a multiple of 4096. */
  readonly size: number;
  /** Copies bytes from `address` on into `target`. @throws Error when they cannot be read */
  read(address: number, target: Uint8Array): void;
  /** Replaces bytes from `address` on. @throws Error when they cannot be kept */
  write(address: number, bytes: Uint8Array): void;
}

/**
 * A flash whose bytes are in memory, and go with it.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { createDevice, FlashMemory } from 'wasmqtt/microvisor';
 *
 * const flash = new FlashMemory(1024 * 1024);
 * const device = await createDevice({ guest: readFileSync(modulePath('app.wasm')), flash });
 * const erased = new Uint8Array(2);
 * flash.read(0, erased);
 * erased; // => Uint8Array(2) [ 255, 255 ]
 * await device.stop();
 * ```
 */
export class FlashMemory implements FlashMedium {
  readonly #bytes: Uint8Array;

  /** @param size bytes, a multiple of 4096 */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size).fill(0xff);
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(address: number, target: Uint8Array): void {
    target.set(this.#bytes.subarray(address, address + target.length));
  }

  write(address: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, address);
  }
}
