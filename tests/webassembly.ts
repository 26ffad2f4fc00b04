// The JavaScript interface of WebAssembly, as far as tests use it: TypeScript describes it only in its library for browsers.

/** Linear memory. `buffer` is another object after it has grown. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A global; of type i64 its value is a bigint. */
export interface WasmGlobal<T extends number | bigint = number | bigint> {
  value: T;
}

export type WasmFunction = (...words: number[]) => number;

/** A compiled module. */
export interface WasmModule {
  readonly wasmModule?: never;
}

export interface WasmInstance {
  readonly exports: Record<string, unknown>;
}

interface WebAssemblyInterface {
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (module: WasmModule, imports?: Record<string, unknown>) => WasmInstance;
  RuntimeError: new (message?: string) => Error;
}

/** The object `WebAssembly` of Node. Its members can be replaced. */
export const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;
