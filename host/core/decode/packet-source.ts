import { FieldReader } from '../bytes/field-reader.js';
import { utf16Text } from '../bytes/strings.js';
import { viewOf } from '../bytes/views.js';
import { core } from '../engine/core.js';
import { LONGEST_TEXT, scratch, textAddress, utf16Address } from '../engine/scratch.js';
import type { KnownTopics } from './known-topics.js';

/** The bytes of packets of which the core may have a copy in its memory, and then helps to make texts of them. */
export class PacketSource extends FieldReader {
  /** Address of a byte in the memory of the core minus its index here. */
  shift = 0;
  /** The copy is there as long as scratch memory has this generation. */
  generation = -1;
  readonly #topics: KnownTopics | undefined;

  constructor(topics?: KnownTopics) {
    super();
    this.#topics = topics;
  }

  override topic(start: number, end: number): string {
    const topics = this.#topics;
    if (topics === undefined || this.generation !== scratch.generation) return super.topic(start, end);
    const [from, to] = [start + this.shift, end + this.shift];
    const known = topics.find(scratch.view, from, to);
    if (known !== undefined) return known;
    const text = super.topic(start, end);
    topics.note(scratch.view, from, to, text);
    return text;
  }

  /** Engines are slow to read UTF-8 and fast to read UTF-16, which the core makes of it. */
  protected override unicode(start: number, end: number): string {
    const length = end - start;
    if (core.utf8_to_utf16 === undefined || length > LONGEST_TEXT) return super.unicode(start, end);
    let from = start + this.shift;
    if (this.generation !== scratch.generation) {
      scratch.u8.set(viewOf(this.bytes, start, end), textAddress);
      from = textAddress;
    }
    return utf16Text(scratch.u8, utf16Address, utf16Address + core.utf8_to_utf16(from, length, utf16Address));
  }
}
