import { interruptHandlers } from '../../../build/abi/microvisor.js';
import { Departure } from '../kernel/departure.js';
import type { LinearMemory } from '../kernel/guest-memory.js';
import type { Entry, Kernel } from '../kernel/kernel.js';
import { type WasmImports, type WasmModule, wasm } from './webassembly.js';

/** A module that cannot be a guest, or a guest that cannot be entered: the message lists everything that is wrong. */
export class GuestError extends Error {
  override name = 'GuestError';
}

/** The guest trapped: `entry` is the export that was called, `detail` the engine's message. */
export class GuestTrap extends Error {
  override name = 'GuestTrap';
  readonly entry: string;
  readonly detail: string;

  constructor(entry: string, detail: string) {
    super(`the guest trapped in ${entry}: ${detail}; it is stopped`);
    this.entry = entry;
    this.detail = detail;
  }
}

/** How many entries one `run` makes before it gives the event loop a turn. */
const ENTRIES_PER_RUN = 1000;
const HOST_IMPORTS = ['mv_host_print', 'mv_host_timer'];

/**
 * A reactive guest: it is entered through `mv_app_start`, interrupt handlers and `mv_app_timer`, and returns from
 * every call. It is never entered while it runs.
 */
export class Guest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly #kernel: Kernel;
  #inside = false;
  #trap: GuestTrap | undefined;
  #stopped = false;

  constructor(kernel: Kernel, exports: Readonly<Record<string, unknown>>) {
    this.#kernel = kernel;
    this.exports = exports;
  }

  get memory(): LinearMemory {
    return this.exports.memory as LinearMemory;
  }

  /** Set when the guest has trapped. */
  get trap(): GuestTrap | undefined {
    return this.#trap;
  }

  get running(): boolean {
    return !this.#stopped;
  }

  /** Calls `mv_app_start`. @throws GuestTrap */
  start(): void {
    if (typeof this.exports._initialize === 'function') this.enter('_initialize');
    this.enter('mv_app_start');
  }

  /**
   * Does what is due in the kernel and delivers the interrupts and the timer that follow from it.
   * @param now milliseconds of the kernel's clock
   * @throws GuestTrap when the guest traps; GuestError when it has no handler for an interrupt
   */
  run(now: number): void {
    if (this.#inside || this.#stopped) return;
    this.#kernel.turn(() => this.#run(now), now);
  }

  #run(now: number): void {
    this.#kernel.tick(now);
    for (let count = 0; count < ENTRIES_PER_RUN && !this.#stopped; count++) {
      const entry = this.#kernel.takeEntry(now);
      if (entry === undefined) return;
      this.#kernel.inInterrupt = entry !== 'timer';
      this.enter(this.#exportFor(entry), ...this.#argumentsFor(entry));
      this.#kernel.inInterrupt = false;
      this.#kernel.tick(now);
    }
  }

  /** The guest is not entered again. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Calls one export of the guest.
   * @returns what the export returns
   * @throws GuestTrap; GuestError when there is no such export, and when the guest runs already or was stopped
   */
  enter(name: string, ...args: number[]): unknown {
    const entry = this.exports[name];
    if (typeof entry !== 'function') throw new GuestError(`the guest does not export the function ${name}`);
    if (this.#inside) throw new GuestError(`the guest cannot be entered through ${name} while it runs`);
    if (this.#stopped) throw new GuestError(`the guest is stopped: ${this.#trap?.message ?? 'the host stopped it'}`);
    this.#inside = true;
    let result: unknown;
    try {
      this.#kernel.turn(() => {
        result = entry(...args);
      });
    } catch (error) {
      if (!(error instanceof Departure)) throw this.#trapped(name, error);
      this.#stopped = true;
    } finally {
      this.#inside = false;
    }
    this.#kernel.emit({ event: 'turn', entry: name });
    return result;
  }

  #trapped(entry: string, error: unknown): unknown {
    this.#stopped = true;
    // An endless recursion is a RangeError in the engine, not a RuntimeError.
    if (!(error instanceof wasm.RuntimeError) && !(error instanceof RangeError)) return error;
    this.#trap = new GuestTrap(entry, error.message);
    this.#kernel.emit({ event: 'trap', entry, detail: error.message });
    return this.#trap;
  }

  #exportFor(entry: Entry): string {
    if (entry === 'timer') return 'mv_app_timer';
    const handler = interruptHandlers[entry.interrupt];
    if (typeof this.exports[handler] === 'function') return handler;
    if (typeof this.exports.mv_irq === 'function') return 'mv_irq';
    this.#stopped = true;
    throw new GuestError(
      `interrupt ${entry.interrupt} is pending, but the guest exports neither ${handler} nor mv_irq`,
    );
  }

  #argumentsFor(entry: Entry): number[] {
    return entry !== 'timer' && this.#exportFor(entry) === 'mv_irq' ? [entry.interrupt] : [];
  }
}

/** Everything that keeps a module from being a guest of this kernel. */
function problems(module: WasmModule, kernel: Kernel): string[] {
  const served = new Set<string>([...kernel.implemented, ...HOST_IMPORTS]);
  const imports = wasm.Module.imports(module);
  const found = imports
    .filter(({ module: from, name, kind }) => from !== 'env' || kind !== 'function' || !served.has(name))
    .map(({ module: from, name, kind }) => `it imports the ${kind} ${from}.${name}, which is not offered`);
  const exports = new Map(wasm.Module.exports(module).map(({ name, kind }) => [name, kind]));
  if (exports.get('memory') !== 'memory') found.push('it does not export its memory as "memory"');
  if (exports.get('mv_app_start') !== 'function') found.push('it does not export the function mv_app_start');
  const usesTimer = imports.some(({ name }) => name === 'mv_host_timer');
  if (usesTimer && exports.get('mv_app_timer') !== 'function') {
    found.push('it imports env.mv_host_timer, but does not export the function mv_app_timer');
  }
  return found;
}

function hostImports(kernel: Kernel): WasmImports {
  const env: WasmImports[string] = {
    mv_host_print: (address, length) => void kernel.print(address >>> 0, length >>> 0),
    mv_host_timer: (milliseconds) => void kernel.setTimer(milliseconds),
  };
  return { env: { ...env, ...kernel.imports() } };
}

/**
 * Compiles a module and makes it a guest of the kernel. Only its start function has run, if it has one.
 * @throws GuestError with the full list of imports that are not offered and exports that are missing
 */
export async function loadGuest(bytes: Uint8Array, kernel: Kernel): Promise<Guest> {
  let module: WasmModule;
  try {
    module = await wasm.compile(bytes);
  } catch (error) {
    throw new GuestError(`the guest is not a WebAssembly module: ${(error as Error).message}`);
  }
  const found = problems(module, kernel);
  if (found.length > 0) throw new GuestError(`the module cannot be a guest:\n- ${found.join('\n- ')}`);
  try {
    const { exports } = await wasm.instantiate(module, hostImports(kernel));
    kernel.attach(
      exports.memory as LinearMemory,
      (irq) => typeof (exports[interruptHandlers[irq]] ?? exports.mv_irq) === 'function',
    );
    return new Guest(kernel, exports);
  } catch (error) {
    throw new GuestError(`the guest could not be instantiated: ${(error as Error).message}`);
  }
}
