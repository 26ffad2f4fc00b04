import { interruptHandlers } from '../../../build/abi/microvisor.js';
import type { WasmExports } from './module/webassembly.js';

/** What is called for an interrupt: the export that is named for its vector, else `mv_irq`; undefined when there is neither. */
export function handlerName(exports: WasmExports, irq: number): string | undefined {
  return [interruptHandlers[irq], 'mv_irq'].find((name) => typeof exports[name] === 'function');
}
