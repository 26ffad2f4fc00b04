import { Abi, type CoreExports } from '../../../build/abi/core.js';

/** The two builds of the core: core.simd.wasm is the same source compiled for speed instead of size. */
type Build = 'core.wasm' | 'core.simd.wasm';

interface CompiledModule {
  readonly wasmModule?: never;
}

/** The JavaScript interface of WebAssembly, as far as it is used here: TypeScript describes it only in its library for browsers. */
interface Engine {
  Module: new (bytes: Uint8Array) => CompiledModule;
  Instance: new (module: CompiledModule, imports: object) => { readonly exports: Record<string, unknown> };
}

/** The core cannot be loaded. The message says in one sentence what is missing, and what to do. */
export class CoreLoadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`wasmqtt: ${message}`, options);
    this.name = 'CoreLoadError';
  }
}

const NO_ADDRESSES =
  'the system refuses the addresses that WebAssembly reserves for its memory, 10 GiB and more: raise the limit ' +
  '("ulimit -v unlimited"), or start Node with --disable-wasm-trap-handler, which needs a few MB';

/**
 * Compiles the core and returns a function that makes instances of it. An engine without SIMD gets core.wasm.
 *
 * @param read the bytes of a build, from wherever they come
 * @param isSmall whether core.wasm is wanted in any case
 * @throws CoreLoadError when there is no WebAssembly, or no memory for it, when neither build can be read, or when the module
 * has another ABI version than this package
 */
export function loadCore(read: (build: Build) => Uint8Array, isSmall: boolean): () => CoreExports {
  const engine = (globalThis as { WebAssembly?: Engine }).WebAssembly;
  if (engine === undefined)
    throw new CoreLoadError(
      'this Node has no WebAssembly, in which the core runs: start it without --jitless and --no-expose-wasm',
    );
  const module = compile(engine, read, isSmall);
  return () => instantiate(engine, module);
}

function compile(engine: Engine, read: (build: Build) => Uint8Array, isSmall: boolean): CompiledModule {
  if (!isSmall) {
    try {
      return new engine.Module(read('core.simd.wasm'));
    } catch {
      // An engine without SIMD, or a package without this build.
    }
  }
  return new engine.Module(read('core.wasm'));
}

function instantiate(engine: Engine, module: CompiledModule): CoreExports {
  let exports: CoreExports;
  try {
    exports = new engine.Instance(module, {}).exports as unknown as CoreExports;
  } catch (error) {
    if (error instanceof RangeError) throw new CoreLoadError(NO_ADDRESSES, { cause: error });
    throw error;
  }
  const version = exports.abi_version();
  if (version === Abi.VERSION) return exports;
  throw new CoreLoadError(
    `build/core.wasm has ABI version ${version}, this package wants ${Abi.VERSION}; run "npm run build"`,
  );
}
