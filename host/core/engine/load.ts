import { instantiateSync } from '@assemblyscript/loader';
import { Abi, type CoreExports } from '../../../build/abi/core.js';

/** The two builds of the core: core.simd.wasm is the same source compiled for speed instead of size. */
type Build = 'core.wasm' | 'core.simd.wasm';

/**
 * Makes an instance of the core. An engine without SIMD gets core.wasm.
 *
 * @param read the bytes of a build, from wherever they come
 * @param isSmall whether core.wasm is wanted in any case
 * @throws Error when neither build can be read, or when the module has another ABI version than this package
 */
export function loadCore(read: (build: Build) => Uint8Array, isSmall: boolean): CoreExports {
  const exports = choose(read, isSmall);
  if (exports.abi_version() !== Abi.VERSION) {
    throw new Error(
      `wasmqtt: build/core.wasm has ABI version ${exports.abi_version()}, this package wants ${Abi.VERSION}; run "npm run build"`,
    );
  }
  return exports;
}

function choose(read: (build: Build) => Uint8Array, isSmall: boolean): CoreExports {
  const instantiate = (build: Build) => instantiateSync(read(build), {}).instance.exports as unknown as CoreExports;
  if (isSmall) return instantiate('core.wasm');
  try {
    return instantiate('core.simd.wasm');
  } catch {
    return instantiate('core.wasm');
  }
}
