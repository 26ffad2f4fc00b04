/** The class of every Buffer: making a view with it takes a third of the time of `subarray`. */
export const View = (
  Buffer as unknown as Record<symbol, new (memory: ArrayBufferLike, at: number, length: number) => Buffer>
)[Symbol.species];

/** As `bytes.subarray(start, end)`, with a start and an end that lie in it. */
export function viewOf(bytes: Buffer, start: number, end: number): Buffer {
  return new View(bytes.buffer, bytes.byteOffset + start, end - start);
}
