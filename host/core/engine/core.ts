import type { CoreExports } from '../../../build/abi/core.js';
import { loadCore } from './load.js';
import { readModule } from './node/package-files.js';

/** WASMQTT_CORE=small asks for core.wasm. */
const instantiate = loadCore(readModule, process.env.WASMQTT_CORE === 'small');

/** The functions of the one shared instance of the core. The engine takes them for constants until `renewCore` is first called. */
export const core: CoreExports = { ...instantiate() };

/** Makes a new instance, whose memory is small again: linear memory cannot shrink. All addresses are void. */
export function renewCore(): void {
  Object.assign(core, instantiate());
}
