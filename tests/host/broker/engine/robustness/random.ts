/** Random numbers that are the same in each run. */
export interface Random {
  /** 0 to `limit` - 1. */
  below(limit: number): number;
  flip(): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(length: number): Uint8Array;
  /** The bytes in up to four pieces. */
  chunks(bytes: Uint8Array): Uint8Array[];
}

/** @param seed any integer */
export function makeRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    below,
    flip: () => below(2) === 0,
    pick: (items) => items[below(items.length)],
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
    chunks: (bytes) => {
      const cuts = [0, ...Array.from({ length: below(4) }, () => below(bytes.length + 1)), bytes.length];
      cuts.sort((a, b) => a - b);
      return cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end));
    },
  };
}
