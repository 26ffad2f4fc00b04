import { borrowWriter, giveBack, PacketWriter } from '../../../host/core/encode/packet-writer.js';

/** A writer for which nothing is proven: the core reads each packet that is written with it. */
function doubtingWriter(): PacketWriter {
  return Object.defineProperty(new PacketWriter(), 'isProven', { get: () => false, set: () => {} });
}

/** Calls an encoder with a writer that proves nothing in place of the usual one. */
export function inDoubt<T>(encode: () => T): T {
  const usual = borrowWriter();
  giveBack(doubtingWriter());
  try {
    return encode();
  } finally {
    borrowWriter();
    giveBack(usual);
  }
}

/** Calls an encoder; returns its result, and whether the last packet that it wrote was proven. */
export function withProof<T>(encode: () => T): { result: T; isProven: boolean } {
  const writer = borrowWriter();
  giveBack(writer);
  const result = encode();
  return { result, isProven: writer.isProven };
}
