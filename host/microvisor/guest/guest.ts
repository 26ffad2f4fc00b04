import { Departure } from '../kernel/departure.js';
import type { LinearMemory } from '../kernel/guest-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import { GuestError } from './guest-error.js';
import { type GuestTrap, trapOf } from './guest-trap.js';
import { interruptHandler } from './interrupt-handler.js';
import type { WasmExports } from './module/webassembly.js';
import type { UnpausedTime } from './unpaused-time.js';
import { GuestExit } from './wasi.js';

/** A guest in its kernel: the host calls `run` when the kernel or the guest has something due. It is never entered while it runs. */
export abstract class Guest {
  readonly exports: WasmExports;
  protected readonly kernel: Kernel;
  protected readonly time: UnpausedTime;
  #inside = false;
  #trap: GuestTrap | undefined;
  #stopped = false;
  #exitCode: number | undefined;

  constructor(kernel: Kernel, exports: WasmExports, time: UnpausedTime) {
    this.kernel = kernel;
    this.exports = exports;
    this.time = time;
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

  /** Set when the guest has ended by itself: it left `main` or called `exit`. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Begins: `mv_app_start` or `main`. @throws GuestTrap */
  abstract start(): void;

  /** The time of the next `run`, milliseconds of the kernel's clock; undefined when only an event can help. */
  abstract nextDeadline(now: number): number | undefined;

  /**
   * Does what is due in the kernel and delivers the interrupts and the timer that follow from it.
   * @param now milliseconds of the kernel's clock
   * @throws GuestTrap when the guest traps; GuestError when it has no handler for an interrupt
   */
  run(now: number): void {
    if (this.#inside || this.#stopped || this.hasEnded) return;
    this.kernel.turn(() => this.runTurn(now), now);
  }

  protected abstract runTurn(now: number): void;

  /** The application is to be restarted, or not to go on: its instance is not entered again. */
  protected get hasEnded(): boolean {
    return this.kernel.lifecycle.ended !== undefined;
  }

  /** The guest is not entered again. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Calls one export of the guest, which has to return.
   * @returns what the export returns
   * @throws GuestTrap; GuestError when there is no such export, and when the guest runs already or was stopped
   */
  enter(name: string, ...args: number[]): unknown {
    const entry = this.exports[name];
    if (typeof entry !== 'function') throw new GuestError(`the guest does not export the function ${name}`);
    if (this.#inside) throw new GuestError(`the guest cannot be entered through ${name} while it runs`);
    if (this.#stopped) throw new GuestError(`the guest is stopped: ${this.#trap?.message ?? 'the host stopped it'}`);
    const result = this.guarded(name, () => this.invoke(name, args));
    this.kernel.emit({ event: 'turn', entry: name });
    return result;
  }

  /** What to call for an interrupt. @throws GuestError when there is nothing; then the guest is stopped */
  protected handlerOf(irq: number): [name: string, ...args: number[]] {
    try {
      return interruptHandler(this.exports, irq);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Calls the handler of an interrupt. Meanwhile the kernel answers as it does inside of one. */
  protected handle(irq: number, enter: (name: string, ...args: number[]) => unknown): void {
    const [name, ...args] = this.handlerOf(irq);
    const { kernel } = this;
    const before = kernel.inInterrupt;
    kernel.inInterrupt = true;
    try {
      this.time.during(name, () => enter(name, ...args));
    } finally {
      kernel.inInterrupt = before;
    }
  }

  protected invoke(name: string, args: readonly number[]): unknown {
    return (this.exports[name] as (...args: number[]) => unknown)(...args);
  }

  /** Runs something that enters the guest, as a turn of the kernel. @throws GuestTrap, and what is a mistake of the host's own */
  protected guarded<T>(entry: string, action: () => T): T | undefined {
    this.#inside = true;
    this.time.entered();
    let result: T | undefined;
    try {
      this.kernel.turn(() => {
        result = action();
      });
    } catch (error) {
      this.#stopped = true;
      if (error instanceof GuestExit) this.exited(error.code);
      else if (!(error instanceof Departure)) throw this.#trapped(entry, error);
    } finally {
      this.#inside = false;
    }
    return result;
  }

  protected exited(code: number): void {
    this.#stopped = true;
    this.#exitCode = code;
    this.kernel.emit({ event: 'exit', code });
  }

  #trapped(entry: string, error: unknown): unknown {
    const trap = trapOf(entry, error);
    if (!trap) return error;
    this.#trap = trap;
    const { detail, frames } = trap;
    this.kernel.emit({ event: 'trap', entry, detail, frames });
    return trap;
  }
}
