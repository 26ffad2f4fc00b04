import type { LinearMemory } from '../kernel/guest-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import type { BlockingFunction, Coroutine, Coroutines } from './coroutine.js';
import type { Offer } from './host-function.js';

/** A kind of board: what it offers to guests, and how one is made. It is shared by all its guests. */
export interface BoardModel {
  readonly name: string;
  /** The functions that a guest may import from module `env` beside the system calls, by name. */
  readonly offers: Readonly<Record<string, Offer>>;
  /** Makes the board of one guest. */
  create(kernel: Kernel): Board;
}

/** The guest as its board sees it. */
export interface BoardGuest {
  readonly exports: Readonly<Record<string, unknown>>;
  /** Its `buffer` is another object after the guest has grown its memory: take views when you need them, never keep one. */
  readonly memory: LinearMemory;
  readonly coroutines: Coroutines;
  /** The coroutine that `main` runs in, `ready`. */
  readonly main: Coroutine;
}

/**
 * The board of one guest: the peripherals and, where the application has an RTOS, the scheduler. It decides who runs next; a plain
 * guest has none, and `main` is the only coroutine.
 */
export interface Board {
  /** What one of the model's offers does; asked for what the guest imports. @returns undefined for what is not offered */
  functionOf(name: string): BlockingFunction | undefined;
  /** Called once, before anything of the guest but its start function has run. */
  attach(guest: BoardGuest): void;
  /** Does what is due at `now`: ticks, delays. Makes coroutines ready, enters none. */
  tick(now: number): void;
  /** The time of the next `tick`, milliseconds; undefined when only an interrupt can help. */
  nextDeadline(now: number): number | undefined;
  /**
   * The coroutine to enter now: the highest that is ready to run. One that was suspended by something which is not the board's
   * (a spinning call) counts as ready, its answer is set. Undefined when all wait.
   */
  next(): Coroutine | undefined;
  /** Called when a coroutine was entered and has been suspended or has ended. */
  left(coroutine: Coroutine): void;
  /** Whether this interrupt may be delivered now (NVIC, BASEPRI); it stays pending meanwhile. */
  accepts(irq: number): boolean;
}
