import { interruptHandlers } from '../../../build/abi/microvisor.js';
import { GuestError } from './guest-error.js';
import type { WasmExports } from './module/webassembly.js';

/**
 * What to call for an interrupt: the export that is named for its vector, else `mv_irq` with its number.
 *
 * @throws GuestError when the guest exports neither
 */
export function interruptHandler(exports: WasmExports, irq: number): [name: string, ...args: number[]] {
  const handler = interruptHandlers[irq];
  if (typeof exports[handler] === 'function') return [handler];
  if (typeof exports.mv_irq === 'function') return ['mv_irq', irq];
  throw new GuestError(`interrupt ${irq} is pending, but the guest exports neither ${handler} nor mv_irq`);
}

/** Whether there is something to call for it. */
export function hasHandler(exports: WasmExports, irq: number): boolean {
  return typeof (exports[interruptHandlers[irq]] ?? exports.mv_irq) === 'function';
}
