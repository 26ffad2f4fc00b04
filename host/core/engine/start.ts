import { simdModule } from '../../../build/abi/core-module.js';
import { hexBytes } from '../bytes/strings.js';
import { type Instantiate, loadCore } from './load.js';
import { readModule } from './node/package-files.js';

/** WASMQTT_CORE=small asks for core.wasm. Deno asks its user before a program may read the environment. */
const isSmall = !('Deno' in globalThis) && globalThis.process?.env.WASMQTT_CORE === 'small';

/**
 * The core from this file, so that it works wherever a bundle is moved to; core.wasm, which hardly an engine needs, is read from the package.
 * The bundles for browsers and workerd have `start-later.ts` in the place of this file.
 */
export const loadedCore: Instantiate | undefined = loadCore(
  (build) => (build === 'core.simd.wasm' ? hexBytes(simdModule) : readModule(build)),
  isSmall,
);

/** Not called, because the core is loaded. */
export const fetchCore = async (): Promise<Instantiate> => loadedCore as Instantiate;
