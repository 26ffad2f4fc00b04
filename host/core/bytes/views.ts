/** The class of every Buffer: constructing a view with it takes a third of the time of `subarray`. */
export const View = (
  Buffer as unknown as Record<symbol, new (memory: ArrayBufferLike, at: number, length: number) => Buffer>
)[Symbol.species];

/** Like `bytes.subarray(start, end)`, for indices within the bytes. */
export function viewOf(bytes: Buffer, start: number, end: number): Buffer {
  return new View(bytes.buffer, bytes.byteOffset + start, end - start);
}
