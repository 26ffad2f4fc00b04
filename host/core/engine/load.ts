import { Abi, type CoreExports } from '../../../build/abi/core.js';

/** The two builds of the core: core.simd.wasm is the same source compiled for speed instead of size. */
export type Build = 'core.wasm' | 'core.simd.wasm';

/** A WebAssembly.Module. */
export interface CompiledModule {
  readonly wasmModule?: never;
}

/** The JavaScript interface of WebAssembly, as far as it is used here: TypeScript describes it only in its library for browsers. */
interface Engine {
  Module: new (bytes: Uint8Array) => CompiledModule;
  Instance: new (module: CompiledModule, imports: object) => { readonly exports: Record<string, unknown> };
  compile(bytes: Uint8Array | ArrayBuffer): Promise<CompiledModule>;
}

/** Makes an instance of the core. */
export type Instantiate = () => CoreExports;

/** The core cannot be loaded. The message says in one sentence what is missing, and what to do. */
export class CoreLoadError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`wasmqtt: ${message}`, options);
    this.name = 'CoreLoadError';
  }
}

/** The data of the core lie below this address, in either build; memory of callers begins here. It is known before the core is. */
export const DATA_END = 4096;

const NO_ADDRESSES =
  'the system refuses the addresses that WebAssembly reserves for its memory, 10 GiB and more: raise the limit ' +
  '("ulimit -v unlimited"), or start Node with --disable-wasm-trap-handler, which needs a few MB';

/** What engines say when a policy of the page forbids it. */
const OF_POLICY = /unsafe-eval|\bCSP\b|Content.Security.Policy/i;

const ALLOW_ENGINE = {
  node: 'this Node has no WebAssembly, in which the core runs: start it without --jitless and --no-expose-wasm',
  other: 'this engine has no WebAssembly, in which the core runs: allow it in its settings, or use another engine',
};

/** The error of every call before the core is loaded. */
export const NOT_LOADED = () =>
  new CoreLoadError('the core is not loaded: await init() first, or import "wasmqtt/inline" instead of "wasmqtt"');

/**
 * Compiles the core and returns a function that makes instances of it. An engine without SIMD gets core.wasm.
 *
 * @param read the bytes of a build, from wherever they come
 * @param isSmall whether core.wasm is wanted in any case
 * @throws CoreLoadError when there is no WebAssembly, or no memory for it, when neither build can be read, or when the module
 * has another ABI version than this package
 */
export function loadCore(read: (build: Build) => Uint8Array, isSmall: boolean): Instantiate {
  const engine = engineHere();
  return instancesOf(compile(engine, read, isSmall));
}

/** @throws CoreLoadError when the engine has no WebAssembly */
function engineHere(): Engine {
  const engine = (globalThis as { WebAssembly?: Engine }).WebAssembly;
  if (engine !== undefined) return engine;
  throw new CoreLoadError(globalThis.process?.versions?.node ? ALLOW_ENGINE.node : ALLOW_ENGINE.other);
}

function compile(engine: Engine, read: (build: Build) => Uint8Array, isSmall: boolean): CompiledModule {
  if (!isSmall) {
    try {
      return new engine.Module(read('core.simd.wasm'));
    } catch {
      // An engine without SIMD, or a package without this build.
    }
  }
  const bytes = read('core.wasm');
  try {
    return new engine.Module(bytes);
  } catch (cause) {
    throw refusal(cause);
  }
}

/** What to say when an engine refuses the core, in its own words. */
export function refusal(cause: unknown): CoreLoadError {
  if (cause instanceof CoreLoadError) return cause;
  if (cause instanceof RangeError) return new CoreLoadError(NO_ADDRESSES, { cause });
  const words = cause instanceof Error ? cause.message : String(cause);
  const remedy = OF_POLICY.test(words)
    ? "the Content-Security-Policy of a page must have 'wasm-unsafe-eval' in script-src"
    : 'it must be core.simd.wasm or core.wasm of this package, whole';
  return new CoreLoadError(`the engine refuses the core: ${words}; ${remedy}`, { cause });
}

/** Compiles a module without blocking; rejects with the engine's own error when it refuses the bytes. */
export function compileBytes(bytes: Uint8Array | ArrayBuffer): Promise<CompiledModule> {
  return engineHere().compile(bytes);
}

/** A function that makes instances of a compiled core; it throws CoreLoadError. */
export function instancesOf(module: CompiledModule): Instantiate {
  const engine = engineHere();
  return () => instantiate(engine, module);
}

function instantiate(engine: Engine, module: CompiledModule): CoreExports {
  let exports: CoreExports;
  try {
    exports = new engine.Instance(module, {}).exports as unknown as CoreExports;
  } catch (cause) {
    throw refusal(cause);
  }
  const version = exports.abi_version?.();
  if (version === undefined) throw new CoreLoadError('the module is not core.wasm or core.simd.wasm of this package');
  if (version === Abi.VERSION) return exports;
  throw new CoreLoadError(
    `core.wasm has ABI version ${version}, this package wants ${Abi.VERSION}: take the module of the same version of the ` +
      'package, and in a checkout run "npm run build"',
  );
}
