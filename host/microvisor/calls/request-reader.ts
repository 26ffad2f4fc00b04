import { MvStatus } from '../../../build/abi/microvisor.js';
import type { GuestMemory } from '../kernel/guest-memory.js';

const NONE = new Uint8Array(0);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads what the structure of a request points to. The first thing that is wrong is kept, and the rest is read as if it were
 * empty: so a request is read in one go, and looked at afterwards. Nothing is copied that is longer than it may be.
 */
export class RequestReader<Refusal extends MvStatus = never> {
  readonly #memory: GuestMemory;
  #status: Refusal | typeof MvStatus.LATEFAULT | typeof MvStatus.OKAY = MvStatus.OKAY;
  #invalid: string | undefined;

  constructor(memory: GuestMemory) {
    this.#memory = memory;
  }

  /** OKAY, or the status that the call ends with. */
  get status() {
    return this.#status;
  }

  /** Why the values of the request cannot be used, one clause for people; undefined when they can. */
  get invalid(): string | undefined {
    return this.#invalid;
  }

  /** The call ends with this status, unless it does so with an earlier one. */
  refuse(status: Refusal | typeof MvStatus.LATEFAULT): void {
    if (this.#status === MvStatus.OKAY) this.#status = status;
  }

  /** The request is answered as invalid, unless it is for an earlier reason. */
  reject(reason: string): void {
    this.#invalid ??= reason;
  }

  /**
   * Bytes behind a pointer: LATEFAULT when the guest may not pass them, invalid when there are too many.
   * @param what names them for people
   * @param most bytes that there may be
   */
  bytes({ data, length }: { data: number; length: number }, what: string, most: number): Uint8Array {
    if (!this.#memory.holdsBytes(data, length)) {
      this.refuse(MvStatus.LATEFAULT);
      return NONE;
    }
    if (length > most) {
      this.reject(`${what} has ${length} bytes, and may have ${most}`);
      return NONE;
    }
    return this.#memory.copy(data, length) ?? NONE;
  }

  /** Bytes as text: invalid when they are not UTF-8 (MQTT-1.5.4-1). */
  text(bytes: Uint8Array, what: string): string {
    try {
      return decoder.decode(bytes);
    } catch {
      this.reject(`${what} is not well-formed UTF-8`);
      return '';
    }
  }

  /** The elements of an array of structures: LATEFAULT for an address that the guest may not pass. */
  list<T>(address: number, count: number, size: number, read: (address: number) => T): T[] {
    if (count > 0 && !this.#memory.holds(address, count * size, 4)) {
      this.refuse(MvStatus.LATEFAULT);
      return [];
    }
    return Array.from({ length: count }, (_, index) => read(address + index * size));
  }
}
