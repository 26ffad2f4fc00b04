// What a blocking guest is made of: pieces of one WebAssembly instance that run by turns, each on stacks of its own.

/**
 * What the handler of a blocking import returns instead of a result: the coroutine that called it is suspended, and the import
 * returns what {@link Coroutine.resume} is given later. The handler is called once for each call of the guest, and knows
 * nothing of how the stack is put away.
 */
export const SUSPEND: unique symbol = Symbol('suspend');

/** A function that the guest imports: its arguments are 32-bit integers as WebAssembly passes them, signed. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a result returns none
export type BlockingFunction = (...args: number[]) => number | typeof SUSPEND | undefined | void;

/** Where a coroutine begins: an export of the guest, or a function pointer, which is an index of its table. */
export type CoroutineEntry = { export: string } | { table: number };

export interface CoroutineOptions {
  /** For messages: the name of the task. */
  name: string;
  entry: CoroutineEntry;
  /** The arguments of the entry, 32-bit integers. */
  args?: readonly number[];
  /** Bytes of C stack, 1 to 16 MiB; it is rounded up to 16. The region is taken from memory that the guest grows by. */
  stackSize: number;
}

/** `ready` has not begun; `running` is inside, or was left by a trap; `ended` has returned from its entry, or was dropped. */
export type CoroutineState = 'ready' | 'running' | 'suspended' | 'ended';

/**
 * One thread of control in a guest, for example an RTOS task. At most one is running; all are dropped with their instance
 * when any of them traps.
 */
export interface Coroutine {
  readonly name: string;
  readonly state: CoroutineState;
  /** Bytes of C stack; the guest's own stack for the coroutine that `main` runs in. */
  readonly stackSize: number;

  /**
   * Enters a coroutine that is `ready`, or goes on with one that is `suspended`; returns when it is suspended again or has ended.
   *
   * @param result what the import that it is suspended in returns, a 32-bit integer; without it, what {@link answer} was given;
   *   of no effect when it is `ready`
   * @returns the state afterwards
   * @throws whatever ends the guest: a trap, a {@link GuestFault}, or what a handler threw. No coroutine of the guest can be
   *   entered afterwards
   * @throws Error when it is running or has ended, or another one is running: a mistake of the caller
   */
  resume(result?: number): 'suspended' | 'ended';

  /** Sets what the import that it is suspended in, or that it is just calling, returns when it goes on. */
  answer(result: number): void;

  /** What the entry returned; undefined before it has ended and for entries without a result. */
  readonly returned: number | undefined;

  /** The most bytes of C stack that were in use at once so far (the high-water mark), 0 to `stackSize`. */
  stackPeak(): number;

  /** Ends it wherever it is suspended and frees its stacks. Does nothing when it has ended. @throws Error while it is running */
  drop(): void;
}

/** The coroutines of one instance. */
export interface Coroutines {
  /**
   * Makes a coroutine, which is `ready`.
   *
   * @throws RangeError when the guest's memory cannot grow any further: the guest goes on
   * @throws Error when there is no such export or function pointer
   */
  create(options: CoroutineOptions): Coroutine;

  /** The coroutine that is running; undefined outside of the guest and in a {@link Coroutines.call}, for example an interrupt. */
  readonly current: Coroutine | undefined;

  /**
   * Calls a function of the guest that has to return: an interrupt handler, a callback. It runs on the guest's own C stack, below
   * whatever is suspended there. It may be called from a handler of an import.
   *
   * @returns what the function returns
   * @throws as `resume`; also when the function calls an import that suspends
   */
  call(entry: CoroutineEntry, ...args: number[]): number | undefined;
}

/** The guest did what no guest may do; it is ended as by a trap. The message is one clause without a full stop. */
export class GuestFault extends Error {
  override name = 'GuestFault';
}

/** A coroutine used more C stack than it has. */
export class StackOverflow extends GuestFault {
  override name = 'StackOverflow';
  readonly coroutine: string;
  /** Bytes. */
  readonly stackSize: number;
  /** Bytes that it would have used, where that is known. */
  readonly needed: number | undefined;

  constructor(coroutine: string, stackSize: number, needed?: number) {
    const wanted = needed === undefined ? '' : ` and wanted ${needed}`;
    super(`${coroutine} has a stack of ${stackSize} bytes${wanted}; give it a larger one`);
    this.coroutine = coroutine;
    this.stackSize = stackSize;
    this.needed = needed;
  }
}
