import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import * as abi from '../../../../build/abi/core.js';
import { type Machine, tablesOf } from './core-machine.js';

type Fields = Record<string, number | string>;
type Argument = number | string | Record<string, Fields>;

/** One entry of tests/vectors/calls.json; see the README there. */
export interface CallVector {
  name: string;
  source: string;
  call: Exclude<keyof abi.CoreExports, 'memory'>;
  arguments: Argument[];
  result: number | keyof typeof abi.Result;
  output?: string;
  offset?: number;
  fields?: Fields;
  /** Fields of each row of the table of packets. */
  rows?: Record<string, number>[];
}

const file = new URL('../../../vectors/calls.json', import.meta.url);

export const callVectors: CallVector[] = JSON.parse(readFileSync(file, 'utf8')).vectors;

const GUARD = 0xee;
const GUARDED = 16;

type RecordName = keyof typeof RECORDS;
const RECORDS = {
  Packet: abi.PacketRecord,
  Property: abi.PropertyRecord,
  Filter: abi.FilterRecord,
  PrivateKey: abi.PrivateKeyRecord,
  DerElement: abi.DerElementRecord,
  Certificate: abi.CertificateRecord,
  CertificateList: abi.CertificateListRecord,
  Chunk: abi.ChunkRecord,
} as const;

/** "text:abc" or "hex:616263" as bytes. */
export function bytesIn(value: string): Buffer {
  const [, kind, content] = /^(text|hex|last):(.*)$/s.exec(value) ?? [];
  if (kind === undefined) throw new Error(`${value}: bytes begin with "text:", "hex:" or "last:"`);
  return kind === 'text' ? Buffer.from(content) : Buffer.from(content, 'hex');
}

/** Lays the arguments of a call out in memory, one after the other. */
class Layout {
  readonly #machine: Machine;
  #next: number;
  /** Addresses after which nothing may be written. */
  readonly #ends: number[] = [];
  output?: { at: number; length: number };
  offset = 0;
  rows = 0;
  record?: { at: number; offsets: Record<string, number> };

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#next = machine.heapBase;
  }

  #take(length: number): number {
    const at = this.#next;
    this.#next = (at + length + GUARDED + 7) & ~7;
    this.#machine.fill(at, length + GUARDED, GUARD);
    this.#ends.push(at + length);
    return at;
  }

  get isWithinBounds(): boolean {
    const guard = Buffer.alloc(GUARDED, GUARD);
    return this.#ends.every((end) => this.#machine.read(end, GUARDED).equals(guard));
  }

  #bytes(value: string): [number, number] {
    const bytes = bytesIn(value);
    const at = value.startsWith('last:') ? this.#machine.memoryEnd - bytes.length : this.#take(bytes.length);
    this.#machine.write(at, bytes);
    return [at, bytes.length];
  }

  #record(name: RecordName, fields: Fields): number {
    const offsets = RECORDS[name] as Record<string, number>;
    const words = new Uint32Array(offsets.SIZE / 4);
    const set = (field: string, value: number) => {
      if (offsets[field] === undefined) throw new Error(`record ${name} has no field ${field}`);
      words[offsets[field] / 4] = value;
    };
    for (const [field, value] of Object.entries(fields)) {
      if (typeof value === 'number') set(field, value);
      else {
        const [at, length] = this.#bytes(value);
        set(field, at);
        if (fields[`${field}Length`] === undefined) set(`${field}Length`, length);
      }
    }
    const at = this.#take(offsets.SIZE);
    this.#machine.write(at, Buffer.from(words.buffer));
    this.record = { at, offsets };
    return at;
  }

  words(argument: Argument): number[] {
    if (typeof argument === 'number') return [argument];
    if (typeof argument === 'object') {
      const [[name, fields]] = Object.entries(argument);
      return [this.#record(name as RecordName, fields)];
    }
    if (argument === 'offset') {
      this.offset = this.#take(4);
      return [this.offset];
    }
    const [, kind, number] = /^(output|room|rows):(\d+)$/.exec(argument) ?? [];
    const length = Number(number);
    if (kind === undefined) return this.#bytes(argument);
    if (kind === 'room') return [this.#take(length)];
    // The table of mqtt_decode_chunk: its last row is a whole record.
    if (kind === 'rows') {
      this.rows = this.#take(length * abi.PacketRecord.SUMMARY_SIZE + abi.PacketRecord.SIZE);
      return [this.rows, length];
    }
    this.output = { at: this.#take(length), length };
    return [this.output.at, this.output.length];
  }
}

/** Makes the call of a vector and checks its expectations. */
export function runCall(machine: Machine, vector: CallVector): void {
  const { name, call, result, output, offset, fields } = vector;
  const layout = new Layout(machine);
  const words = vector.arguments.flatMap((argument) => layout.words(argument));
  const expected = typeof result === 'string' ? abi.Result[result] : result;
  const tables = tablesOf(machine);
  expect(machine.call(name, call, ...words), name).toBe(expected);
  expect(tablesOf(machine).equals(tables), `${name}: the core's own memory stays as it is`).toBe(true);
  expect(layout.isWithinBounds, `${name}: nothing is written behind any argument`).toBe(true);
  if (layout.output) {
    const { at, length } = layout.output;
    if (output !== undefined) expect(machine.read(at, output.length / 2).toString('hex'), name).toBe(output);
    const rest = machine.read(at, length).subarray(Math.max(expected, (output ?? '').length / 2));
    if (expected !== abi.Result.HEX_BAD_DIGIT && expected !== abi.Result.HEX_ODD_LENGTH)
      expect(
        [...rest].every((octet) => octet === GUARD),
        `${name}: nothing is written behind the result`,
      ).toBe(true);
  }
  if (offset !== undefined) expect(machine.word(layout.offset), name).toBe(offset);
  for (const [index, row] of (vector.rows ?? []).entries())
    for (const [field, value] of Object.entries(row)) {
      const at = layout.rows + index * abi.PacketRecord.SUMMARY_SIZE;
      const place = (abi.PacketRecord as Record<string, number>)[field];
      expect(machine.word(at + place), `${name}: ${field} of row ${index}`).toBe(value);
    }
  for (const [field, value] of Object.entries(fields ?? {})) {
    const { at, offsets } = layout.record ?? { at: 0, offsets: {} };
    const word = machine.word(at + offsets[field]);
    if (typeof value === 'number') expect(word, `${name}: ${field}`).toBe(value >>> 0);
    else {
      const bytes = bytesIn(value);
      expect(machine.word(at + offsets[`${field}Length`]), `${name}: ${field}`).toBe(bytes.length);
      expect(machine.read(word, bytes.length).equals(bytes), `${name}: ${field}`).toBe(true);
    }
  }
}
