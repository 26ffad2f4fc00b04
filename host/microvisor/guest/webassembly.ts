// The WebAssembly JavaScript interface as far as this room needs it: TypeScript has it only in its browser library.

export interface WasmModule {
  readonly wasmModule?: never;
}

export type WasmImports = Record<string, Record<string, (...args: number[]) => number | undefined>>;

interface Wasm {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: WasmImports): Promise<{ exports: Record<string, unknown> }>;
  Module: {
    imports(module: WasmModule): { module: string; name: string; kind: string }[];
    exports(module: WasmModule): { name: string; kind: string }[];
  };
  CompileError: new () => Error;
  LinkError: new () => Error;
  RuntimeError: new () => Error;
}

export const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
