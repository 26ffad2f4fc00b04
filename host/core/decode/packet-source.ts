import { FieldReader } from '../bytes/field-reader.js';
import { utf16Text } from '../bytes/strings.js';
import { viewOf } from '../bytes/views.js';
import { core } from '../engine/core.js';
import { LONGEST_TEXT, scratch, textAddress, utf16Address } from '../engine/scratch.js';
import { KnownTopics } from './known-topics.js';

/** What texts of packets mostly are: those that came before. Large enough for a device, small enough for every process. */
const recent = new KnownTopics();

/** The bytes of packets of which the core may have a copy in its memory, and then helps to make texts of them. */
export class PacketSource extends FieldReader {
  /** Address of a byte in the memory of the core minus its index here. */
  shift = 0;
  /** The copy is there as long as scratch memory has this generation. */
  generation = -1;
  readonly #topics: KnownTopics;

  constructor(topics = recent) {
    super();
    this.#topics = topics;
  }

  override topic(start: number, end: number): string {
    return this.#known(this.#topics, start, end) ?? super.topic(start, end);
  }

  override text(start: number, end: number): string {
    return this.#known(recent, start, end) ?? super.text(start, end);
  }

  /** The string of a text that came before. */
  #known(texts: KnownTopics, start: number, end: number): string | undefined {
    if (this.generation !== scratch.generation) return undefined;
    const [from, to] = [start + this.shift, end + this.shift];
    const known = texts.find(scratch.view, from, to);
    if (known !== undefined || !texts.isDue) return known;
    const text = super.topic(start, end);
    texts.keep(scratch.view, from, to, text);
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
