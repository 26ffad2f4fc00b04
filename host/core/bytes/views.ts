import { builtIn } from './built-in.js';

type BytesClass = new <Memory extends ArrayBufferLike>(memory: Memory, at: number, length: number) => Buffer<Memory>;

const NodeBuffer: BufferConstructor | undefined = globalThis.Buffer;

/**
 * The class of every view: in Node that of every Buffer, whose constructor takes a third of the time of `subarray`; Uint8Array where the
 * engine has no Buffer. There, nothing may be called that only Buffer has, whatever its type says.
 */
export const View = ((NodeBuffer as unknown as Record<symbol, BytesClass> | undefined)?.[Symbol.species] ??
  Uint8Array) as BytesClass;

export const NOTHING: Buffer = new View(new ArrayBuffer(0), 0, 0);

/** Like `bytes.subarray(start, end)`, for indices within the bytes. */
export function viewOf(bytes: Uint8Array, start: number, end: number): Buffer {
  return new View(bytes.buffer, bytes.byteOffset + start, end - start);
}

/** The same bytes as one of our views: a Uint8Array of any realm, perhaps of a class of its own. */
export function asView(bytes: Uint8Array): Buffer {
  return bytes instanceof View ? bytes : new View(bytes.buffer, bytes.byteOffset, bytes.length);
}

function fresh(length: number): Buffer<ArrayBuffer> {
  return new View(new ArrayBuffer(length), 0, length);
}

/** Bytes in memory that others may share; what is in them is not defined. */
export const allocate: (length: number) => Buffer = NodeBuffer?.allocUnsafe ?? fresh;

/** Bytes in memory of their own; what is in them is not defined. */
export const allocateOwn: (length: number) => Buffer<ArrayBuffer> = NodeBuffer?.allocUnsafeSlow ?? fresh;

/** Views share this memory: where the engine can say so, transferring one of them to a worker must not detach the others. */
export const keepFromTransfer: (memory: ArrayBufferLike) => void =
  builtIn('node:worker_threads')?.markAsUntransferable ?? (() => {});

/** The same bytes in other memory. */
export function copyOf(bytes: Uint8Array): Buffer {
  const copy = allocate(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Whether both are the same bytes. */
export function isSame(some: Uint8Array, other: Uint8Array): boolean {
  return some.length === other.length && some.every((byte, at) => byte === other[at]);
}

/** The bytes of all parts, which are `length` together, in other memory. */
export function joined(parts: readonly Uint8Array[], length: number): Buffer {
  const whole = allocate(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
