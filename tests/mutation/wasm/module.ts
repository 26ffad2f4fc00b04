// Takes a WASM module apart into sections, functions and instructions, and puts it together again.

/** Operation codes that the operators and the probes name. */
export const Op = {
  UNREACHABLE: 0x00,
  LOOP: 0x03,
  IF: 0x04,
  ELSE: 0x05,
  END: 0x0b,
  BR: 0x0c,
  BR_IF: 0x0d,
  BR_TABLE: 0x0e,
  RETURN: 0x0f,
  CALL: 0x10,
  DROP: 0x1a,
  SELECT: 0x1b,
  LOCAL_GET: 0x20,
  LOCAL_SET: 0x21,
  LOCAL_TEE: 0x22,
  GLOBAL_GET: 0x23,
  GLOBAL_SET: 0x24,
  I32_STORE: 0x36,
  I64_STORE32: 0x3e,
  I32_CONST: 0x41,
  I64_CONST: 0x42,
  I32_EQZ: 0x45,
  I64_EQZ: 0x50,
  I32_SUB: 0x6b,
  I64_OR: 0x84,
  I32_WRAP_I64: 0xa7,
  PREFIX: 0xfc,
};

/** What follows an operation code: this many LEB128 numbers, or something of its own. */
type Immediates = number | 'block' | 'table' | 'prefix' | 'unknown';

function immediates(op: number): Immediates {
  if (op >= 0x02 && op <= 0x04) return 'block';
  if (op === Op.BR_TABLE) return 'table';
  if (op === 0x11) return 2;
  if ([Op.BR, Op.BR_IF, Op.CALL, 0x3f, 0x40, Op.I32_CONST, Op.I64_CONST].includes(op)) return 1;
  if (op >= Op.LOCAL_GET && op <= Op.GLOBAL_SET) return 1;
  if (op >= 0x28 && op <= 0x3e) return 2;
  if (op === 0x43 || op === 0x44 || op === 0x1c || op > 0xc4) return op === Op.PREFIX ? 'prefix' : 'unknown';
  return 0;
}

/** Reads LEB128 numbers and bytes one after the other. */
export class Reader {
  readonly bytes: Buffer;
  /** Where the next byte is. */
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++];
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const octet = this.byte();
      value += (octet & 0x7f) * 2 ** shift;
      if (octet < 0x80) return value;
    }
  }

  /** A signed number of up to 64 bits. */
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; ) {
      const octet = BigInt(this.byte());
      value |= (octet & 0x7fn) << shift;
      shift += 7n;
      if (octet < 0x80n) return octet & 0x40n ? value - (1n << shift) : value;
    }
  }

  take(length: number): Buffer {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** An unsigned LEB128 number. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return [...bytes, left];
}

/** A signed LEB128 number. */
export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let left = value; ; ) {
    const octet = Number(left & 0x7fn);
    left >>= 7n;
    if ((left === 0n && octet < 0x40) || (left === -1n && octet >= 0x40)) return [...bytes, octet];
    bytes.push(octet | 0x80);
  }
}

/** How many numbers follow those operation codes behind the prefix that have any. */
const PREFIXED: Readonly<Record<number, number>> = { 8: 2, 9: 1, 10: 2, 11: 1 };

function skipImmediates(reader: Reader, op: number): void {
  const kind = immediates(op);
  if (kind === 'unknown')
    throw new Error(`operation code 0x${op.toString(16)} at byte ${reader.at - 1} is unknown here`);
  if (kind === 'block') reader.signed();
  else if (kind === 'table') for (let left = reader.unsigned() + 1; left > 0; left--) reader.unsigned();
  else if (kind === 'prefix') {
    for (let left = PREFIXED[reader.unsigned()] ?? 0; left > 0; left--) reader.unsigned();
  } else for (let left = kind; left > 0; left--) reader.signed();
}

export interface Instruction {
  /** Where in the file it is. */
  at: number;
  op: number;
  /** With the operation code. */
  bytes: Buffer;
}

export interface Code {
  /** The declaration of local variables. */
  locals: Buffer;
  code: Instruction[];
}

/** Value types, as the codes that WASM has for them. */
export interface Signature {
  parameters: number[];
  results: number[];
}

export interface Section {
  id: number;
  start: number;
  content: Buffer;
}

/** The parts of a module. */
export interface Module {
  bytes: Buffer;
  sections: Section[];
  /** Of each function. */
  signatures: Signature[];
  functions: Code[];
  /** Where the content of the code section begins. */
  codeStart: number;
}

function readInstruction(reader: Reader): Instruction {
  const at = reader.at;
  const op = reader.byte();
  skipImmediates(reader, op);
  return { at, op, bytes: reader.bytes.subarray(at, reader.at) };
}

function readFunction(reader: Reader): Code {
  const size = reader.unsigned();
  const end = reader.at + size;
  const start = reader.at;
  for (let groups = reader.unsigned(); groups > 0; groups--) {
    reader.unsigned();
    reader.byte();
  }
  const locals = reader.bytes.subarray(start, reader.at);
  const code: Instruction[] = [];
  while (reader.at < end) code.push(readInstruction(reader));
  return { locals, code };
}

/** A list behind its length. */
export function readList<T>(bytes: Buffer, readOne: (reader: Reader) => T): T[] {
  const reader = new Reader(bytes);
  return Array.from({ length: reader.unsigned() }, () => readOne(reader));
}

const readTypes = (reader: Reader): number[] => Array.from(reader.take(reader.unsigned()));

export const SECTION = { CUSTOM: 0, TYPE: 1, IMPORT: 2, FUNCTION: 3, MEMORY: 5, GLOBAL: 6, EXPORT: 7, CODE: 10 };

/** The section of this kind; throws when there is none. */
export function sectionOf({ sections }: Pick<Module, 'sections'>, id: number): Section {
  const found = sections.find((section) => section.id === id);
  if (!found) throw new Error(`the module has no section ${id}`);
  return found;
}

/** Reads a module that has neither imports nor globals. */
export function readModule(bytes: Buffer): Module {
  const reader = new Reader(bytes, 8);
  const sections: Section[] = [];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.unsigned();
    sections.push({ id, start: reader.at, content: reader.take(size) });
  }
  if (sections.some(({ id }) => id === SECTION.IMPORT || id === SECTION.GLOBAL))
    throw new Error('this cannot read modules with imports or globals');
  const of = (id: number) => sectionOf({ sections }, id);
  const types = readList(of(SECTION.TYPE).content, (types) => {
    types.byte();
    return { parameters: readTypes(types), results: readTypes(types) };
  });
  const signatures = readList(of(SECTION.FUNCTION).content, (list) => types[list.unsigned()]);
  const code = of(SECTION.CODE);
  const codeReader = new Reader(bytes, code.start);
  const functions = Array.from({ length: codeReader.unsigned() }, () => readFunction(codeReader));
  return { bytes, sections, signatures, functions, codeStart: code.start };
}

/** Behind its length. */
const sized = (content: Uint8Array): Buffer => Buffer.concat([Uint8Array.from(unsigned(content.length)), content]);

/** The bytes of one function, with these instructions. */
export function functionBytes(locals: Uint8Array, instructions: readonly Iterable<number>[]): Buffer {
  return sized(Buffer.concat([locals, ...instructions.map((bytes) => Uint8Array.from(bytes))]));
}

/** What a written module has beyond the one that was read. */
export interface Additions {
  /** Mutable globals, exported as g0, g1, ...: those of type i32, then those of type i64. */
  i32Globals: number;
  i64Globals: number;
  /** The largest number of pages that memory can grow to. */
  pages: number;
}

/** The module with these functions, each from functionBytes. */
export function writeModule({ bytes, sections }: Module, functions: readonly Buffer[], additions: Additions): Buffer {
  const { i32Globals, i64Globals, pages } = additions;
  const count = i32Globals + i64Globals;
  const globals = [
    ...unsigned(count),
    ...Array.from({ length: i32Globals }, () => [0x7f, 1, Op.I32_CONST, 0, Op.END]).flat(),
    ...Array.from({ length: i64Globals }, () => [0x7e, 1, Op.I64_CONST, 0, Op.END]).flat(),
  ];
  const out: Uint8Array[] = [bytes.subarray(0, 8)];
  const put = (id: number, content: Iterable<number>) => out.push(Uint8Array.of(id), sized(Uint8Array.from(content)));
  for (const { id, content } of sections) {
    if (id === SECTION.CUSTOM) continue;
    if (id === SECTION.MEMORY) put(id, [1, 1, ...unsigned(new Reader(content, 2).unsigned()), ...unsigned(pages)]);
    else if (id === SECTION.CODE) put(id, Buffer.concat([Uint8Array.from(unsigned(functions.length)), ...functions]));
    else if (id === SECTION.EXPORT) {
      put(SECTION.GLOBAL, globals);
      const reader = new Reader(content);
      const before = reader.unsigned();
      const names = Array.from({ length: count }, (_, index) => {
        const name = Buffer.from(`g${index}`);
        return [...unsigned(name.length), ...name, 3, ...unsigned(index)];
      });
      put(id, [...unsigned(before + count), ...content.subarray(reader.at), ...names.flat()]);
    } else put(id, content);
  }
  return Buffer.concat(out);
}
