import { isLoaded, provideCore } from './core.js';
import { bytesOf, fetchBytes } from './fetch-bytes.js';
import { type CompiledModule, CoreLoadError, compileBytes, type Instantiate, instancesOf, refusal } from './load.js';
import { scratch } from './scratch.js';
import { fetchCore } from './start.js';

/** Where the core comes from: an address, a response to a request, the bytes of core.wasm or core.simd.wasm, or a WebAssembly.Module. */
export type CoreSource = string | URL | Response | ArrayBuffer | Uint8Array | CompiledModule;

let loading: Promise<void> | undefined;

/**
 * Loads the core, where that does not happen by itself: in a browser, before the first call of anything else. In Node, Deno, Bun and workerd, and
 * after `import 'wasmqtt/inline'`, there is nothing left to do. One call is enough; further ones wait for the first.
 *
 * @param source without it, core.wasm is fetched from where it lies in the package. core.simd.wasm is larger and faster, and needs SIMD
 * @throws CoreLoadError when there is no WebAssembly, nothing at the address, or not the core of this version; then it may be called again
 *
 * @example
 * ```ts
 * import { CoreLoadError, type CoreSource, init, hexEncode } from 'wasmqtt';
 *
 * const source: CoreSource | undefined = undefined;
 * try {
 *   await init(source);
 * } catch (error) {
 *   if (error instanceof CoreLoadError) console.error(error.message);
 *   throw error;
 * }
 * hexEncode(Uint8Array.of(1)); // => '01'
 * ```
 */
export function init(source?: CoreSource | PromiseLike<CoreSource>): Promise<void> {
  if (isLoaded()) return Promise.resolve();
  loading ??= load(source).finally(() => {
    loading = undefined;
  });
  return loading;
}

async function load(source: CoreSource | PromiseLike<CoreSource> | undefined): Promise<void> {
  try {
    startCore(source === undefined ? await fetchCore() : await instancesFrom(await source));
  } catch (cause) {
    throw refusal(cause);
  }
}

async function instancesFrom(source: CoreSource): Promise<Instantiate> {
  if (typeof source !== 'string' && (typeof source !== 'object' || source === null)) {
    throw new CoreLoadError(
      `init takes the address of core.wasm, a Response, its bytes or a WebAssembly.Module, not ${source === null ? 'null' : typeof source}`,
    );
  }
  // By what they have, not by their class: a window of Electron or a test in jsdom has its own.
  if (typeof source === 'string' || 'href' in source) return instancesFrom(await fetchBytes(source));
  if ('arrayBuffer' in source) return instancesFrom(await bytesOf(source));
  return instancesOf('byteLength' in source ? await compileBytes(source) : source);
}

/** Begins to use the core. @throws CoreLoadError */
export function startCore(make: Instantiate): void {
  provideCore(make);
  scratch.begin();
}
