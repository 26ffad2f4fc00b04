// The WebAssembly JavaScript interface as far as this room needs it: TypeScript has it only in its browser library.

export interface WasmModule {
  readonly wasmModule?: never;
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** @returns the pages before. @throws RangeError beyond the maximum */
  grow(pages: number): number;
}

export interface WasmGlobal {
  value: number;
}

export interface WasmTable {
  readonly length: number;
  get(index: number): ((...args: number[]) => unknown) | null;
}

export type WasmExports = Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: a parameter is a number, or a bigint for an i64
export type WasmImports = Record<string, Record<string, (...args: any[]) => unknown>>;

interface Wasm {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: WasmImports): Promise<{ exports: WasmExports }>;
  Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): { module: string; name: string; kind: string }[];
    exports(module: WasmModule): { name: string; kind: string }[];
  };
  Instance: new (module: WasmModule, imports: WasmImports) => { exports: WasmExports };
  CompileError: new () => Error;
  LinkError: new () => Error;
  RuntimeError: new () => Error;
  /** What `throw` of WebAssembly throws, when nothing catches it. */
  Exception: new () => object;
}

export const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

/** Bytes of a page of memory. */
export const PAGE = 65_536;
