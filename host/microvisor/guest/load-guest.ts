import type { LinearMemory } from '../kernel/guest-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import { AsyncifyCoroutines } from './blocking/asyncify-coroutines.js';
import { BlockingGuest } from './blocking/blocking-guest.js';
import { STACK_OVERFLOW } from './blocking/make-resumable.js';
import { POLL } from './blocking/polling-loops.js';
import { Processor, type ProcessorOptions } from './blocking/processor.js';
import { REGISTER_READ, REGISTER_WRITTEN } from './blocking/register-accesses.js';
import type { BlockingFunction } from './coroutine.js';
import type { Guest } from './guest.js';
import { GuestError } from './guest-error.js';
import { type CompileOptions, compileGuest, type GuestModule } from './guest-module.js';
import { trapOf } from './guest-trap.js';
import type { FunctionKind, FunctionOf } from './host-function.js';
import { hasHandler } from './interrupt-handler.js';
import { type WasmExports, type WasmImports, wasm } from './module/webassembly.js';
import { ReactiveGuest } from './reactive-guest.js';
import { UnpausedTime, type UnpausedTimeOptions } from './unpaused-time.js';
import { Wasi } from './wasi.js';

export interface GuestOptions extends ProcessorOptions, UnpausedTimeOptions {
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
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { modulePath } from 'wasmqtt';
 * import { createKernel, type Guest, type GuestOptions, type LoadOptions, loadGuest, tlsTransport } from 'wasmqtt/microvisor';
 *
 * const kernel = createKernel({
 *   now: () => performance.now(),
 *   deviceId: `UV${'0'.repeat(32)}`,
 *   config: { fetch: async (items) => items.map(() => ({ result: 'keyNotFound' })) },
 *   mqttTransport: tlsTransport(),
 * });
 * const running: GuestOptions = { interruptEveryCall: true };
 * const options: LoadOptions = { ...running, memoryLimit: 1024 * 1024 };
 * const guest: Guest = await loadGuest(readFileSync(modulePath('app.wasm')), kernel, options);
 * guest.start();
 * guest.running; // => true
 * guest.stop();
 * ```
 */
export async function loadGuest(
  module: Uint8Array | GuestModule,
  kernel: Kernel,
  options: LoadOptions = {},
): Promise<Guest> {
  const calls = kernel.implemented;
  const guest = module instanceof Uint8Array ? await compileGuest(module, { ...options, calls }) : module;
  return guest.kind === 'blocking' ? loadBlocking(guest, kernel, options) : loadReactive(guest, kernel, options);
}

async function loadReactive(guest: GuestModule, kernel: Kernel, options: GuestOptions): Promise<Guest> {
  const time = new UnpausedTime(kernel, options);
  const everyGuestHas = hostFunctions(kernel, new Wasi(kernel));
  const exports = await instantiate(guest, kernel, (imported) => {
    const found = everyGuestHas(imported);
    return found && timed(imported.kind, found, time, options.spend !== undefined);
  });
  return new ReactiveGuest(kernel, exports, time);
}

/** A call of a guest that cannot be paused: time passes before it is answered. In real time only those that ask are counted. */
function timed(kind: FunctionKind, call: BlockingFunction, time: UnpausedTime, isVirtual: boolean): BlockingFunction {
  if (kind === 'spinning') {
    return (a, b, c) => {
      time.spin();
      return call(a, b, c);
    };
  }
  if (!isVirtual) return call;
  return (...args) => {
    time.work();
    return call(...args);
  };
}

async function loadBlocking(guest: GuestModule, kernel: Kernel, options: GuestOptions): Promise<Guest> {
  const wasi = new Wasi(kernel);
  const coroutines = new AsyncifyCoroutines(options.suspendedSize ?? DEFAULT_SUSPENDED_SIZE);
  const board = guest.board?.create(kernel);
  const time = new UnpausedTime(kernel, options);
  const processor = new Processor({ kernel, coroutines, board, time }, options);
  const everyGuestHas = hostFunctions(kernel, wasi);
  let loaded: BlockingGuest | undefined;
  const exports = await instantiate(guest, kernel, (imported) => {
    const { module, name, kind } = imported;
    // No calls of the application: they are no sign of progress, and nothing is delivered there.
    if (name === STACK_OVERFLOW) return (pointer) => coroutines.overflowed(pointer);
    if (name === REGISTER_READ) return (pointer) => board?.registerRead?.(pointer >>> 0);
    if (name === REGISTER_WRITTEN) return (pointer) => board?.registerWritten?.(pointer >>> 0);
    const own = () => {
      if (name === POLL) return () => undefined;
      return name === 'mv_host_wait' ? processor.hostWait : board?.functionOf(name);
    };
    const found = (module === 'env' ? own() : undefined) ?? everyGuestHas(imported);
    if (!found) return undefined;
    const metered = processor.metered(kind, name === 'mvPowerSave' ? processor.powerSave(found) : found);
    const call = options.interruptEveryCall ? interrupting(metered, () => loaded?.deliverInside()) : metered;
    return kind === 'plain' ? call : (coroutines.blocking(`${module}.${name}`, call) as BlockingFunction);
  });
  coroutines.attach(exports);
  loaded = new BlockingGuest({ kernel, exports, coroutines, processor, board, time, flush: () => wasi.flush() });
  return loaded;
}

const interrupting =
  (call: BlockingFunction, deliver: () => void): BlockingFunction =>
  (...args) => {
    const result = call(...args);
    deliver();
    return result;
  };

/** What every guest may call. */
function hostFunctions(kernel: Kernel, wasi: Wasi): FunctionOf {
  return ({ module, name }) => {
    if (module !== 'env') return wasi.functions[name];
    if (name === 'mv_host_print') return (address, length) => kernel.print(address >>> 0, length >>> 0);
    if (name === 'mv_host_timer') return (milliseconds) => kernel.setTimer(milliseconds);
    return kernel.importOf(name);
  };
}

/** Makes an instance that has what it imports, and nothing beside. */
async function instantiate(
  { module, imports }: GuestModule,
  kernel: Kernel,
  functionOf: FunctionOf,
): Promise<WasmExports> {
  const given: WasmImports = {};
  for (const imported of imports) {
    given[imported.module] ??= {};
    given[imported.module][imported.name] = functionOf(imported)!;
  }
  try {
    const { exports } = await wasm.instantiate(module, given);
    kernel.attach(exports.memory as LinearMemory, (irq) => hasHandler(exports, irq));
    return exports;
  } catch (error) {
    const trap = trapOf('its start function', error);
    throw new GuestError(`the guest could not be instantiated: ${trap?.message ?? (error as Error).message}`);
  }
}
