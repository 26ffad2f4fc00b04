import { GuestFault } from './coroutine.js';
import { wasm } from './module/webassembly.js';

/**
 * The guest trapped: it is not entered again.
 *
 * @example
 * ```ts
 * import { createDevice, GuestTrap } from 'wasmqtt/microvisor';
 *
 * // (module (memory (export "memory") 1) (func (export "mv_app_start") unreachable))
 * const module = '0061736d01000000010401600000030201000503010001071902066d656d6f727902000c6d765f6170705f73746172740000';
 * const device = await createDevice({ guest: Buffer.from(`${module}0a05010300000b`, 'hex') });
 * try {
 *   await device.advance(0);
 * } catch (error) {
 *   if (!(error instanceof GuestTrap)) throw error;
 *   [error.entry, error.detail]; // => [ 'mv_app_start', 'unreachable' ]
 * }
 * ```
 */
export class GuestTrap extends Error {
  override name = 'GuestTrap';
  /** The export that was called, or in a coroutine the task's name. */
  readonly entry: string;
  /** The engine's message. */
  readonly detail: string;
  /** The functions of the guest that were on the stack, innermost first: names where the module has them, else `wasm-function[12]`. */
  readonly frames: readonly string[];

  constructor(entry: string, detail: string, frames: readonly string[] = []) {
    const stack = frames.length > 0 ? `; the stack, innermost first: ${frames.join(', ')}` : '';
    super(`the guest trapped in ${entry}: ${detail}; it is stopped${stack}`);
    this.entry = entry;
    this.detail = detail;
    this.frames = frames;
  }
}

const MOST_FRAMES = 16;

/** What an error says when it is the guest's own: a trap, an endless recursion, an exception that nothing catches. Else undefined. */
export function trapOf(entry: string, error: unknown): GuestTrap | undefined {
  if (error instanceof wasm.Exception) {
    return new GuestTrap(entry, 'an exception was thrown that nothing catches', framesOf(error as { stack?: string }));
  }
  // An endless recursion is a RangeError in the engine, not a RuntimeError.
  if (error instanceof wasm.RuntimeError || error instanceof RangeError || error instanceof GuestFault) {
    return new GuestTrap(entry, error.message, framesOf(error));
  }
  return undefined;
}

/** V8 writes `at name (wasm://wasm/0a1b2c3d:wasm-function[12]:0x1a3)`. */
function framesOf({ stack = '' }: { stack?: string }): string[] {
  const found = [...stack.matchAll(/^\s+at (?:(\S+) \()?wasm:\/\/\S*?(wasm-function\[\d+\])/gm)];
  return found.slice(0, MOST_FRAMES).map(([, name, index]) => name?.replace(/^.*?wasm-[0-9a-f]+\./, '') ?? index);
}
