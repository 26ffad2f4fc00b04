import { Result } from '../../../build/abi/core.js';
import { FieldReader } from './field-reader.js';
import { PROPERTIES } from './standard.js';

/** Reads property lists (2.2.2). */
export class PropertyReader extends FieldReader {
  propertiesLength = 0;
  topicAlias = 0;
  /** Identifiers of the list that is being read. */
  readonly #seen = new Set<number>();

  /** 2.2.2; `type` 0 is the will. `needsMethod` tells whether Authentication Data needs an Authentication Method. */
  protected properties(type: number, needsMethod = true): boolean {
    const at = this.at;
    if (!this.varint(Result.PROPERTY_LENGTH_INVALID)) return false;
    const length = this.value;
    if (length > this.end - this.at) return this.wrong(Result.PROPERTY_LENGTH_INVALID, at);
    const first = this.at;
    const enclosing = this.end;
    this.end = this.at + length;
    const seen = this.#seen;
    seen.clear();
    while (this.at < this.end) if (!this.#property(type, seen)) return false;
    this.end = enclosing;
    this.propertiesLength = length;
    // 3.1.2.11.10, 3.15.2.2.2
    if ((type === 15 || (needsMethod && seen.has(0x16))) && !seen.has(0x15))
      return this.wrong(Result.AUTHENTICATION_METHOD_MISSING, first);
    return true;
  }

  #property(type: number, seen: Set<number>): boolean {
    const id = this.bytes[this.at];
    const known = PROPERTIES[id];
    if (!known) return this.wrong(Result.PROPERTY_UNKNOWN, this.at);
    if (!known.packets.includes(type)) return this.wrong(Result.PROPERTY_FOREIGN, this.at);
    const repeats = id === 0x26 || (id === 0x0b && type === 3);
    if (seen.has(id) && !repeats) return this.wrong(Result.PROPERTY_DUPLICATE, this.at);
    seen.add(id);
    this.at++;
    const truncated = Result.PROPERTY_TRUNCATED;
    if (known.type === 'pair') return this.string(truncated, true) && this.string(truncated, true);
    if (known.type === 'text') return this.string(truncated, true);
    if (known.type === 'binary') return this.string(truncated, false);
    return known.type === 'topic' ? this.#responseTopic() : this.#integer(id, known.type);
  }

  /** 3.3.2.3.5. */
  #responseTopic(): boolean {
    const at = this.at;
    if (!this.string(Result.PROPERTY_TRUNCATED, false)) return false;
    if (this.at === at + 2) return this.wrong(Result.TOPIC_EMPTY, at);
    return this.topicName(at + 2, this.at, Result.RESPONSE_TOPIC_WILDCARD);
  }

  #integer(id: number, type: 'flag' | 'u16' | 'u32' | 'varint'): boolean {
    const at = this.at;
    if (type === 'varint') {
      if (!this.varint(Result.PROPERTY_TRUNCATED)) return false;
    } else {
      const size = { flag: 1, u16: 2, u32: 4 }[type];
      if (!this.has(size, Result.PROPERTY_TRUNCATED)) return false;
      this.value = this.bytes.readUIntBE(at, size);
      this.at += size;
    }
    if (type === 'flag' && this.value > 1) return this.wrong(Result.PROPERTY_NOT_BOOLEAN, at);
    // 3.3.2.3.4, 3.3.2.3.8, 3.1.2.11.3, 3.1.2.11.4
    if (id === 0x23 && this.value === 0) return this.wrong(Result.TOPIC_ALIAS_ZERO, at);
    if ((id === 0x0b || id === 0x21 || id === 0x27) && this.value === 0) return this.wrong(Result.PROPERTY_ZERO, at);
    if (id === 0x23) this.topicAlias = this.value;
    return true;
  }
}
