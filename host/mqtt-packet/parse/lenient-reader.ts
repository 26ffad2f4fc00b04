import { PacketError, refuse } from '../packet-error.js';
import type { UserProperties } from '../packet-types.js';
import { addUserProperty, ruleById } from '../property-rules.js';

/**
 * Reads fields of one packet without asking whether the standard allows their values. A field beyond the end of the packet
 * reads as -1, null or undefined, as it does with mqtt-packet.
 */
export class LenientReader {
  readonly #body: Buffer;
  at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get length(): number {
    return this.#body.length;
  }

  get more(): boolean {
    return this.at < this.#body.length;
  }

  byte(): number | undefined {
    return this.more ? this.#body[this.at++] : undefined;
  }

  u16(): number {
    if (this.#body.length - this.at < 2) return -1;
    this.at += 2;
    return this.#body.readUInt16BE(this.at - 2);
  }

  u32(): number {
    if (this.#body.length - this.at < 4) return -1;
    this.at += 4;
    return this.#body.readUInt32BE(this.at - 4);
  }

  /** False when the packet ends within the integer. */
  varint(): number | false {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      if (byte === undefined) return false;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return refuse('Invalid variable byte integer');
  }

  bytes(): Buffer | null {
    const length = this.u16();
    if (length < 0 || this.at + length > this.#body.length) return null;
    this.at += length;
    return this.#body.subarray(this.at - length, this.at);
  }

  text(): string | null {
    return this.bytes()?.toString('utf8') ?? null;
  }

  rest(): Buffer {
    return this.#body.subarray(this.at);
  }

  /** The object of a property list; undefined when it is empty. */
  properties(): object | undefined {
    const length = this.varint() || 0;
    const end = this.at + length;
    const result: Record<string, unknown> = {};
    while (this.at < end) {
      const id = this.byte();
      if (!id) throw new PacketError('Cannot parse property code type');
      const rule = ruleById.get(id);
      if (!rule) throw new PacketError('Unknown property');
      const { name, kind } = rule;
      if (kind === 'pair') {
        result[name] ??= Object.create(null);
        addUserProperty(result[name] as UserProperties, String(this.text()), this.text() as string);
      } else {
        const value = this.#value(kind);
        const before = result[name];
        if (Array.isArray(before)) before.push(value);
        else result[name] = before ? [before, value] : value;
      }
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
