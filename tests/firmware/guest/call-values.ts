import { abi, isOut, structOf } from './stand-in.js';

type Item = (typeof abi.functions)[string]['params'][number] & { offset?: number };

/** A place in memory that holds an address. */
export interface Pointer {
  path: string;
  at: number;
  nested: boolean;
  alignment: number;
  /** Bytes that must be in memory there. */
  size: number;
  /** Whether it may be 0. */
  optional: boolean;
}

const SIZES: Record<string, number> = { uint8_t: 1, uint16_t: 2, uint32_t: 4, uint64_t: 8 };

/** Bytes of a number in a guest. */
function sizeOf(type: string): number {
  const plain = type.replace(/^const /, '');
  const name = /^enum (\w+)/.exec(plain)?.[1];
  if (name) return abi.enums[name].bytes_on_arm;
  return SIZES[plain] ?? 4;
}

/**
 * Parameters of one call as a guest has them in memory, with everything that they point to, each value different. Also what
 * the stand-in must print of them, and where it writes.
 */
export class CallValues {
  readonly name: string;
  readonly memory = Buffer.alloc(8_192);
  readonly pointers: Pointer[] = [];
  readonly words: number[] = [];
  readonly said: string;
  /** What the stand-in writes: bytes by address. */
  readonly written: [number, Buffer][] = [];
  #next = 1_024;
  #number = 1_000;
  #answer = 100;

  constructor(name: string, parameters: number) {
    this.name = name;
    const { params } = abi.functions[name];
    const counts = this.#counts(params);
    const texts = params.map((param, index) => this.#value(param, parameters + 4 * index, counts, false));
    for (const index of params.keys()) this.words.push(this.memory.readUInt32LE(parameters + 4 * index));
    this.said = `${name} ${texts.join('')}`;
  }

  get end(): number {
    return this.#next;
  }

  #alloc(size: number, alignment = 8): number {
    const address = Math.ceil(this.#next / alignment) * alignment;
    this.#next = address + size;
    return address;
  }

  /** For each member that counts others: how many there are. */
  #counts(items: Item[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { bytes, elements, type } of items) {
      if (bytes) counts.set(bytes, structOf(type) ? 32 : 5);
      if (elements) counts.set(elements, 2);
    }
    return counts;
  }

  /** Puts one value at an address. Returns what the stand-in prints of it. */
  #value(item: Item, at: number, counts: Map<string, number>, nested: boolean): string {
    const { name, type } = item;
    const label = `${name}=`;
    const struct = structOf(type);
    if (!type.endsWith('*')) {
      if (struct) return `${label}${this.#structure(struct, at, nested)}`;
      return `${label}${this.#put(type, at, counts.get(name) ?? (sizeOf(type) === 1 ? 1 : this.#number++))} `;
    }
    if (item.bytes) return this.#bytes(item, at, counts.get(item.bytes) ?? 0, nested);
    const count = item.elements ? (counts.get(item.elements) ?? 0) : 1;
    if (!struct) return this.#results(item, at, count, nested);
    const { size } = abi.structs[struct];
    const address = this.#point(item, at, size * count, 4, nested);
    if (isOut(type)) {
      for (const field of abi.structs[struct].fields) this.#answered(address + field.offset, sizeOf(field.type));
      return '';
    }
    return label + Array.from({ length: count }, (_, i) => this.#structure(struct, address + i * size, true)).join('');
  }

  #structure(name: string, at: number, nested: boolean): string {
    const { fields } = abi.structs[name];
    const counts = this.#counts(fields);
    const texts = fields.map((field) => this.#value(field, at + field.offset, counts, nested));
    return `{ ${texts.join('')}} `;
  }

  #point(item: Item, at: number, size: number, alignment: number, nested: boolean): number {
    const address = this.#alloc(size, Math.max(8, alignment));
    this.memory.writeUInt32LE(address, at);
    this.pointers.push({ path: item.name, at, nested, alignment, size, optional: item.optional ?? false });
    return address;
  }

  #bytes(item: Item, at: number, length: number, nested: boolean): string {
    const alignment = structOf(item.type) ? 8 : 1;
    const address = this.#point(item, at, length, alignment, nested);
    if (isOut(item.type)) {
      this.written.push([address, Buffer.from('xxx')]);
      return `${item.name}=${length} bytes `;
    }
    const text = String(this.#number++).padEnd(length, '.');
    this.memory.write(text, address);
    return `${item.name}="${text}" `;
  }

  /** Numbers that the kernel writes. */
  #results(item: Item, at: number, count: number, nested: boolean): string {
    const size = item.type.endsWith('**') ? 4 : sizeOf(item.type.slice(0, -1));
    const address = this.#alloc(size * count);
    this.memory.writeUInt32LE(address, at);
    // The glue makes do with room for one number.
    this.pointers.push({ path: item.name, at, nested, alignment: size, size, optional: false });
    if (item.type.endsWith('**')) this.written.push([address, Buffer.alloc(4)]);
    else this.#answered(address, size);
    return item.elements ? `${item.name}=${count} ` : '';
  }

  #answered(address: number, size: number): void {
    const bytes = Buffer.alloc(size);
    bytes[0] = this.#answer++;
    this.written.push([address, bytes]);
  }

  #put(type: string, at: number, value: number): number {
    this.memory.writeUIntLE(value, at, Math.min(sizeOf(type), 6));
    return value;
  }
}
