/** The place of a packet in a buffer, as indices. */
export interface Frame {
  start: number;
  /** First byte after the fixed header. */
  body: number;
  end: number;
}

/** The packets of a buffer. */
export interface Frames {
  whole: Frame[];
  /** Start of the packet that is not complete; the buffer's length when there is none. */
  rest: number;
  /** Bytes of that packet after the known part of its fixed header. */
  unread: number;
  /** How many bytes from `rest` on it takes to try again. */
  wanted: number;
  /** Whether the Remaining Length of that packet continues after four bytes. */
  tooLong: boolean;
}

/** Splits the bytes from index `first` on by the Remaining Length of the packets (2.1.4). */
export function findFrames(bytes: Uint8Array, first: number): Frames {
  const whole: Frame[] = [];
  let start = first;
  while (start < bytes.length) {
    let length = 0;
    let at = start + 1;
    let shift = 0;
    let byte = 0x80;
    while (byte >= 0x80 && at < bytes.length && shift < 28) {
      byte = bytes[at++];
      length |= (byte & 0x7f) << shift;
      shift += 7;
    }
    if (byte >= 0x80) {
      const tooLong = shift === 28;
      return { whole, rest: start, unread: bytes.length - start - 1, wanted: at - start + 1, tooLong };
    }
    const end = at + length;
    if (end > bytes.length) {
      return { whole, rest: start, unread: bytes.length - at, wanted: end - start, tooLong: false };
    }
    whole.push({ start, body: at, end });
    start = end;
  }
  return { whole, rest: start, unread: 0, wanted: 1, tooLong: false };
}
