import { u16At, u32At } from '../../core/bytes/big-endian.js';
import { utf8Text } from '../../core/bytes/strings.js';
import { MqttError, Result } from '../../core/index.js';
import { PacketError, refuse } from '../packet-error.js';
import type { UserProperties } from '../packet-types.js';
import { addUserProperty, ruleById } from '../property-rules.js';

/**
 * Reads fields of one packet without asking whether the standard allows their values. A field beyond the end of the packet
 * reads as -1, null or undefined, as it does with mqtt-packet. With `header`, a property whose value runs past its list is
 * refused: the bytes after the list belong to other fields.
 */
export class LenientReader {
  readonly #body: Buffer;
  readonly #cmd: string;
  readonly #header: number | undefined;
  at = 0;
  /** The property that is being read, and the index at which its list ends. */
  #property = '';
  #listEnd = 0;

  /**
   * @param body the bytes after the fixed header
   * @param cmd for errors
   * @param header bytes of the fixed header; undefined to read past property lists, as mqtt-packet does
   */
  constructor(body: Buffer, cmd: string, header: number | undefined) {
    this.#body = body;
    this.#cmd = cmd;
    this.#header = header;
  }

  get length(): number {
    return this.#body.length;
  }

  get more(): boolean {
    return this.at < this.#body.length;
  }

  /**
   * Whether this many bytes follow in the packet.
   *
   * @param start where their field begins
   * @throws PacketError when they are of a property and lie behind its list
   */
  #has(count: number, start = this.at): boolean {
    const end = this.at + count;
    if (end > this.#body.length) return false;
    this.#checkList(end, start);
    return true;
  }

  /** Refuses a field from `start` to `end` that runs past the property list that it belongs to. */
  #checkList(end: number, start: number): void {
    if (!this.#property || end <= this.#listEnd || this.#header === undefined) return;
    const error = new MqttError(Result.PROPERTY_TRUNCATED, this.#header + start, `${this.#cmd}: ${this.#property}`);
    throw new PacketError(error.message, error);
  }

  byte(): number | undefined {
    return this.#has(1) ? this.#body[this.at++] : undefined;
  }

  u16(): number {
    if (!this.#has(2)) return -1;
    this.at += 2;
    return u16At(this.#body, this.at - 2);
  }

  u32(): number {
    if (!this.#has(4)) return -1;
    this.at += 4;
    return u32At(this.#body, this.at - 4);
  }

  /** False when the packet ends within the integer. */
  varint(): number | false {
    let value = 0;
    const start = this.at;
    let byte = 0x80;
    for (let shift = 0; byte >= 0x80 && shift < 28 && this.more; shift += 7) {
      byte = this.#body[this.at++];
      value |= (byte & 0x7f) << shift;
    }
    // mqtt-packet refuses this wherever the list ends.
    if (byte >= 0x80 && this.at - start === 4) refuse('Invalid variable byte integer');
    this.#checkList(this.at, start);
    return byte < 0x80 && value;
  }

  bytes(): Buffer | null {
    const start = this.at;
    const length = this.u16();
    if (length < 0 || !this.#has(length, start)) return null;
    this.at += length;
    return this.#body.subarray(this.at - length, this.at);
  }

  text(): string | null {
    const bytes = this.bytes();
    return bytes && utf8Text(bytes);
  }

  rest(): Buffer {
    return this.#body.subarray(this.at);
  }

  /** The object of a property list; undefined when it is empty. */
  properties(): object | undefined {
    const length = this.varint() || 0;
    const end = this.at + length;
    this.#listEnd = end;
    const result: Record<string, unknown> = {};
    while (this.at < end) {
      const id = this.byte();
      if (!id) throw new PacketError('Cannot parse property code type');
      const rule = ruleById.get(id);
      if (!rule) throw new PacketError('Unknown property');
      const { name, kind } = rule;
      this.#property = name;
      if (kind === 'pair') {
        result[name] ??= Object.create(null);
        addUserProperty(result[name] as UserProperties, String(this.text()), this.text() as string);
      } else {
        const value = this.#value(kind);
        const before = result[name];
        if (Array.isArray(before)) before.push(value);
        else result[name] = before ? [before, value] : value;
      }
      this.#property = '';
    }
    return Object.keys(result).length > 0 ? result : undefined;
  }

  #value(kind: string): unknown {
    switch (kind) {
      case 'boolean':
        return this.byte() !== 0;
      case 'byte':
        return this.byte();
      case 'u16':
        return this.u16();
      case 'u32':
        return this.u32();
      case 'varint':
        return this.varint();
      case 'binary':
        return this.bytes();
      default:
        return this.text();
    }
  }
}
