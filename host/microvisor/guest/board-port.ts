import type { LinearMemory } from '../kernel/guest-memory.js';
import type { Kernel } from '../kernel/kernel.js';
import type { BlockingFunction, Coroutine, Coroutines } from './coroutine.js';
import type { Offer } from './host-function.js';

/** Where registers lie. */
export interface RegisterPlaces {
  /** In the window. */
  readonly addresses: readonly number[];
  /** In their peripherals: accesses through pointers are recognised by these. */
  readonly offsets: readonly number[];
}

/** Registers whose reading or writing does something that memory does not show. It is plain data, which can go to another thread. */
export interface WatchedRegisters {
  /** The export of a guest that says where the window with its registers begins. */
  readonly window: string;
  /** Bytes of the window. */
  readonly size: number;
  readonly reads: RegisterPlaces;
  readonly writes: RegisterPlaces;
}

/** A kind of board: what it offers to guests, and how one is made. It is shared by all its guests. */
export interface BoardModel {
  readonly name: string;
  /** The functions that a guest may import from module `env` beside the system calls, by name. */
  readonly offers: Readonly<Record<string, Offer>>;
  /** Those that its boards have to be told of. */
  readonly registers?: WatchedRegisters;
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
  /** A watched register is read next. @param pointer its address in the memory of the guest; any may come */
  registerRead?(pointer: number): void;
  /** A watched register was written. @param pointer as above */
  registerWritten?(pointer: number): void;
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
  /**
   * Which interrupt is to be delivered now, also while another handler runs; the others stay pending.
   *
   * @param pending those that the kernel has pended; the board has some of its own
   * @param admits which may be delivered at all
   * @returns undefined when there is none: it is not enabled, all are masked, or what runs is as urgent
   */
  choose(pending: readonly number[], admits: (irq: number) => boolean): number | undefined;
  /** Whether there is one that cannot be delivered for a mask alone: it ends a wait all the same. */
  wakes(pending: readonly number[], admits: (irq: number) => boolean): boolean;
  /** The handler of an interrupt is entered; `returned` follows, unless the guest ends in it. */
  entered(irq: number): void;
  /** It has returned. @throws GuestFault when that can have no end */
  returned(irq: number): void;
  /** When the tick of its RTOS interrupts next, milliseconds; undefined while there is none. */
  nextTick(now: number): number | undefined;
}
