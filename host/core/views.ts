/** The class of every Buffer: making a view with it takes a third of the time of `subarray`. */
export const View = (
  Buffer as unknown as Record<symbol, new (memory: ArrayBufferLike, at: number, length: number) => Buffer>
)[Symbol.species];
