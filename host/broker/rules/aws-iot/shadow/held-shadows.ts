import type { Sections } from './shadow-document.js';
import type { ShadowLimits } from './shadow-request.js';

/** A shadow, or what is left of one that was deleted. */
export interface Shadow {
  version: number;
  /** Seconds since 1970, of the last change. */
  timestamp: number;
  /** Undefined when it was deleted. */
  sections: Sections | undefined;
}

/** Bytes that each takes besides its text. */
const OVERHEAD = 512;

/** All shadows by key, weighed. Those that were deleted make room for others, the oldest first. */
export class HeldShadows {
  readonly #limits: Pick<ShadowLimits, 'shadows' | 'bytes'>;
  readonly #held = new Map<string, { shadow: Shadow; size: number }>();
  /** Keys, the one that was deleted first in front. */
  readonly #deleted = new Set<string>();
  #bytes = 0;

  constructor(limits: Pick<ShadowLimits, 'shadows' | 'bytes'>) {
    this.#limits = limits;
  }

  get(key: string): Shadow | undefined {
    return this.#held.get(key)?.shadow;
  }

  /** @param text the shadow as it is kept; it is weighed by it */
  set(key: string, shadow: Shadow, text: string): void {
    this.forget(key);
    const size = sizeOf(key, text);
    this.#held.set(key, { shadow, size });
    this.#bytes += size;
    if (!shadow.sections) this.#deleted.add(key);
  }

  forget(key: string): void {
    this.#bytes -= this.#held.get(key)?.size ?? 0;
    this.#held.delete(key);
    this.#deleted.delete(key);
  }

  /**
   * Forgets deleted ones until there is room for this one.
   *
   * @returns the keys of those; undefined when there is no room all the same
   */
  makeRoom(key: string, text: string): readonly string[] | undefined {
    const forgotten: string[] = [];
    while (!this.#hasRoomFor(key, text)) {
      const oldest = this.#oldestDeleted(key);
      if (oldest === undefined) return undefined;
      this.forget(oldest);
      forgotten.push(oldest);
    }
    return forgotten;
  }

  #oldestDeleted(except: string): string | undefined {
    for (const key of this.#deleted) if (key !== except) return key;
    return undefined;
  }

  #hasRoomFor(key: string, text: string): boolean {
    const own = this.#held.get(key);
    const { shadows, bytes } = this.#limits;
    const isCounted = own !== undefined || this.#held.size < shadows;
    return isCounted && this.#bytes - (own?.size ?? 0) + sizeOf(key, text) <= bytes;
  }
}

function sizeOf(key: string, text: string): number {
  return OVERHEAD + key.length + Buffer.byteLength(text);
}
