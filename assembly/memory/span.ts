/** Two words of a record: where some bytes begin, and how many there are. */
@unmanaged
export class Span {
  start: usize;
  length: u32;
}

/** The span whose words lie `place` bytes after the start of a record. */
export function spanAt(record: usize, place: usize): Span {
  return changetype<Span>(record + place);
}
