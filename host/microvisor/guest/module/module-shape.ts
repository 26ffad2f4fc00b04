import { ByteReader } from './byte-reader.js';

/** The signature of a function: value types in order, for example `['i32', 'i64']`. */
export interface Signature {
  params: readonly string[];
  results: readonly string[];
}

export interface ImportShape {
  module: string;
  name: string;
  kind: 'function' | 'table' | 'memory' | 'global' | 'tag';
  /** Of a function. */
  signature?: Signature;
}

/** The memory that a module defines itself, in pages of 64 KiB. */
export interface MemoryShape {
  initial: number;
  /** Undefined for none. */
  maximum: number | undefined;
  shared: boolean;
  /** Where its limits lie in the module, and how long they are. */
  limitsAt: number;
  limitsLength: number;
  /** Where the section's content begins, and where its length is written. */
  contentAt: number;
  contentLength: number;
  sizeAt: number;
}

/** What a module says of itself, as far as a guest is judged by it. */
export interface ModuleShape {
  imports: readonly ImportShape[];
  /** The functions that it exports. */
  functions: ReadonlyMap<string, Signature>;
  /** The memories that it defines itself; more than one needs a proposal. */
  memories: readonly MemoryShape[];
}

const KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const;
const TYPE = 1;
const IMPORT = 2;
const FUNCTION = 3;
const MEMORY = 5;
const EXPORT = 7;
const HEADER = 8;
const FUNCTION_TYPE = 0x60;
const VALUE_TYPES: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
};
/** Bits of the flags before limits. */
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * Reads types, imports, memory and exports of a module that the engine has accepted. Node's `WebAssembly.Module.imports` has no types.
 *
 * @throws RangeError when the module uses something that is read by no proposal which Node 20 knows: the message says what
 */
export function readModuleShape(bytes: Uint8Array): ModuleShape {
  const reader = new ByteReader(bytes, HEADER);
  const types: Signature[] = [];
  const imports: ImportShape[] = [];
  const functionTypes: number[] = [];
  const memories: MemoryShape[] = [];
  const functions = new Map<string, Signature>();
  while (!reader.done) {
    const section = reader.byte();
    const sizeAt = reader.at;
    const size = reader.u32();
    const end = reader.at + size;
    if (section === TYPE) reader.times(() => types.push(readSignature(reader)));
    if (section === IMPORT) {
      reader.times(() => {
        const [found, type] = readImport(reader);
        if (type !== undefined) functionTypes.push(type);
        imports.push(type === undefined ? found : { ...found, signature: types[type] });
      });
    }
    if (section === FUNCTION) reader.times(() => functionTypes.push(reader.u32()));
    if (section === MEMORY) {
      const place = { contentAt: reader.at, contentLength: size, sizeAt };
      reader.times(() => memories.push({ ...readLimits(reader), ...place }));
    }
    if (section === EXPORT) {
      reader.times(() => {
        const name = reader.text();
        const kind = KINDS[reader.byte()];
        const index = reader.u32();
        if (kind === 'function') functions.set(name, types[functionTypes[index]]);
      });
    }
    reader.at = end;
  }
  return { imports, functions, memories };
}

function readSignature(reader: ByteReader): Signature {
  const form = reader.byte();
  if (form !== FUNCTION_TYPE) throw new RangeError(`it has a type of form 0x${form.toString(16)}`);
  const list = () => {
    const found: string[] = [];
    reader.times(() => found.push(readValueType(reader)));
    return found;
  };
  return { params: list(), results: list() };
}

function readValueType(reader: ByteReader): string {
  const code = reader.byte();
  const name = VALUE_TYPES[code];
  if (name === undefined) throw new RangeError(`it has a value of type 0x${code.toString(16)}`);
  return name;
}

function readImport(reader: ByteReader): [ImportShape, type: number | undefined] {
  const module = reader.text();
  const name = reader.text();
  const kind = KINDS[reader.byte()];
  if (kind === 'function') return [{ module, name, kind }, reader.u32()];
  if (kind === 'table') {
    readValueType(reader);
    readLimits(reader);
  } else if (kind === 'memory') {
    readLimits(reader);
  } else if (kind === 'global') {
    readValueType(reader);
    reader.byte();
  } else if (kind === 'tag') {
    reader.byte();
    reader.u32();
  } else {
    throw new RangeError('it has an import of a kind that is not known');
  }
  return [{ module, name, kind }, undefined];
}

function readLimits(reader: ByteReader) {
  const limitsAt = reader.at;
  const flags = reader.byte();
  if ((flags & ~(HAS_MAXIMUM | SHARED)) !== 0) throw new RangeError(`it has limits with the flags ${flags}`);
  const initial = reader.u32();
  const maximum = flags & HAS_MAXIMUM ? reader.u32() : undefined;
  return { initial, maximum, shared: (flags & SHARED) !== 0, limitsAt, limitsLength: reader.at - limitsAt };
}
