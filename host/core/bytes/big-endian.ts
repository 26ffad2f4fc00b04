/** The unsigned integer of two octets at an index, the most significant first. */
export function u16At(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** The unsigned integer of four octets at an index, the most significant first. */
export function u32At(bytes: Uint8Array, at: number): number {
  return u16At(bytes, at) * 65_536 + u16At(bytes, at + 2);
}
