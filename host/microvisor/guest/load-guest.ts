import type { LinearMemory } from '../kernel/guest-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import { AsyncifyCoroutines } from './blocking/asyncify-coroutines.js';
import { BlockingGuest } from './blocking/blocking-guest.js';
import { STACK_OVERFLOW } from './blocking/make-resumable.js';
import { Processor, type ProcessorOptions } from './blocking/processor.js';
import type { BlockingFunction } from './coroutine.js';
import type { Guest } from './guest.js';
import { GuestError } from './guest-error.js';
import { type CompileOptions, compileGuest, type GuestModule } from './guest-module.js';
import { trapOf } from './guest-trap.js';
import { hasHandler } from './interrupt-handler.js';
import { type WasmExports, type WasmImports, wasm } from './module/webassembly.js';
import { ReactiveGuest } from './reactive-guest.js';
import { Wasi } from './wasi.js';

export interface GuestOptions extends ProcessorOptions {
  /**
   * Delivers interrupts to a blocking guest at every call that it makes, not only where it waits (default false): so races show that
   * are rare on a device.
   */
  interruptEveryCall?: boolean;
  /** Bytes for the frames of one suspended coroutine (default 8 KiB): some 12 and its locals for each function on the stack. */
  suspendedSize?: number;
}

export type LoadOptions = GuestOptions & Omit<CompileOptions, 'calls'>;

const DEFAULT_SUSPENDED_SIZE = 8192;

/**
 * Makes a module a guest of the kernel. Only its start function has run, if it has one.
 *
 * @param module bytes of a module, or what `compileGuest` made of them, which any number of guests share
 * @throws GuestError as `compileGuest`; also when the start function traps
 */
export async function loadGuest(
  module: Uint8Array | GuestModule,
  kernel: Kernel,
  options: LoadOptions = {},
): Promise<Guest> {
  const calls = kernel.implemented;
  const guest = module instanceof Uint8Array ? await compileGuest(module, { ...options, calls }) : module;
  return guest.kind === 'blocking' ? loadBlocking(guest, kernel, options) : loadReactive(guest, kernel);
}

async function loadReactive(guest: GuestModule, kernel: Kernel): Promise<Guest> {
  const wasi = new Wasi(kernel);
  const functions = hostFunctions(kernel, wasi);
  return new ReactiveGuest(kernel, await instantiate(guest, kernel, (name) => functions.get(name)!));
}

async function loadBlocking(guest: GuestModule, kernel: Kernel, options: GuestOptions): Promise<Guest> {
  const wasi = new Wasi(kernel);
  const coroutines = new AsyncifyCoroutines(options.suspendedSize ?? DEFAULT_SUSPENDED_SIZE);
  const processor = new Processor(() => kernel.now(), coroutines, options);
  const board = guest.board?.create(kernel);
  const functions = hostFunctions(kernel, wasi);
  functions.set('env.mv_host_wait', processor.hostWait);
  functions.set(`env.${STACK_OVERFLOW}`, (pointer) => coroutines.overflowed(pointer));
  for (const [name, call] of Object.entries(board?.functions ?? {})) functions.set(`env.${name}`, call);
  let loaded: BlockingGuest | undefined;
  const made = (name: string): BlockingFunction => {
    const { kind } = guest.offers.get(name) ?? { kind: 'plain' };
    const metered = processor.metered(kind, functions.get(name)!);
    const call = options.interruptEveryCall ? interrupting(metered, () => loaded?.deliverInside()) : metered;
    return kind === 'plain' ? call : (coroutines.blocking(name, call) as BlockingFunction);
  };
  const exports = await instantiate(guest, kernel, made);
  coroutines.attach(exports);
  loaded = new BlockingGuest({ kernel, exports, coroutines, processor, board, flush: () => wasi.flush() });
  return loaded;
}

const interrupting =
  (call: BlockingFunction, deliver: () => void): BlockingFunction =>
  (...args) => {
    const result = call(...args);
    deliver();
    return result;
  };

/** What every guest may call, by module and name. */
function hostFunctions(kernel: Kernel, wasi: Wasi): Map<string, BlockingFunction> {
  const functions = new Map<string, BlockingFunction>([
    ['env.mv_host_print', (address, length) => kernel.print(address >>> 0, length >>> 0)],
    ['env.mv_host_timer', (milliseconds) => kernel.setTimer(milliseconds)],
  ]);
  for (const [name, call] of Object.entries(kernel.imports())) functions.set(`env.${name}`, call);
  for (const [name, call] of Object.entries(wasi.functions)) functions.set(`wasi_snapshot_preview1.${name}`, call);
  return functions;
}

async function instantiate(
  { module }: GuestModule,
  kernel: Kernel,
  functionOf: (name: string) => BlockingFunction,
): Promise<WasmExports> {
  const imports: WasmImports = {};
  for (const { module: from, name } of wasm.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = functionOf(`${from}.${name}`);
  }
  try {
    const { exports } = await wasm.instantiate(module, imports);
    kernel.attach(exports.memory as LinearMemory, (irq) => hasHandler(exports, irq));
    return exports;
  } catch (error) {
    const trap = trapOf('its start function', error);
    throw new GuestError(`the guest could not be instantiated: ${trap?.message ?? (error as Error).message}`);
  }
}
