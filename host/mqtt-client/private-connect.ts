/** The bit of the version number by which a bridge makes itself known before MQTT 5. */
const PRIVATE = 0x80;

/** Sets the bit in a CONNECT: type, length, and the protocol name with its length come before the version. */
export function markPrivate(connect: Uint8Array): void {
  let at = 1;
  while (connect[at] >= 0x80) at++;
  connect[at + 3 + connect[at + 2]] |= PRIVATE;
}
