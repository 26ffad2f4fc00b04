import { fetchBytes } from './fetch-bytes.js';
import { CoreLoadError, compileBytes, type Instantiate, instancesOf } from './load.js';

/** The core is loaded by `init`, or by the module that is imported first. */
export const loadedCore: Instantiate | undefined = undefined;

/**
 * Fetches core.wasm, the smaller build, which runs without SIMD too, from where it lies beside this file in the package.
 *
 * @throws CoreLoadError
 */
export async function fetchCore(): Promise<Instantiate> {
  return instancesOf(await compileBytes(await fetchBytes(address())));
}

function address(): URL {
  try {
    // As bundlers look for it, which copy the file.
    return new URL('../core.wasm', import.meta.url);
  } catch (cause) {
    throw new CoreLoadError(
      'this bundle does not know its own address: import "wasmqtt/inline", or pass the address of core.wasm to init',
      { cause },
    );
  }
}
