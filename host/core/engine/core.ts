import type { CoreExports } from '../../../build/abi/core.js';
import { loadCore } from './load.js';
import { readModule } from './node/package-files.js';

/** The functions of the one shared instance of the core. WASMQTT_CORE=small asks for core.wasm. */
export const core: CoreExports = loadCore(readModule, process.env.WASMQTT_CORE === 'small');
