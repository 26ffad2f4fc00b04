import { leb128 } from './byte-reader.js';
import type { MemoryShape } from './module-shape.js';

/**
 * A module whose memory cannot grow beyond a maximum: the same bytes, if it says so itself. A limit of V8 or of a worker thread
 * does not see the memory of a module.
 *
 * @param memory the only memory of the module
 * @param pages of 64 KiB, at least `memory.initial`
 */
export function limitMemory(bytes: Uint8Array, memory: MemoryShape, pages: number): Uint8Array {
  if (memory.maximum !== undefined && memory.maximum <= pages) return bytes;
  const limits = [1, ...leb128(memory.initial), ...leb128(pages)];
  const size = leb128(memory.contentLength - memory.limitsLength + limits.length);
  return Buffer.concat([
    bytes.subarray(0, memory.sizeAt),
    Buffer.from(size),
    bytes.subarray(memory.contentAt, memory.limitsAt),
    Buffer.from(limits),
    bytes.subarray(memory.limitsAt + memory.limitsLength),
  ]);
}
