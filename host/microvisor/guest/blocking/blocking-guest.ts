import { Departure } from '../../kernel/departure.js';
import { earlier } from '../../kernel/earlier.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Board } from '../board-port.js';
import type { Coroutine } from '../coroutine.js';
import { Guest } from '../guest.js';
import { GuestError } from '../guest-error.js';
import { ENTRIES } from '../module/guest-problems.js';
import type { WasmExports } from '../module/webassembly.js';
import type { UnpausedTime } from '../unpaused-time.js';
import type { AsyncifyCoroutines } from './asyncify-coroutines.js';
import type { Processor } from './processor.js';

/** What a blocking guest is made of. */
export interface BlockingParts {
  kernel: Kernel;
  exports: WasmExports;
  coroutines: AsyncifyCoroutines;
  processor: Processor;
  board: Board | undefined;
  time: UnpausedTime;
  /** Writes what the guest has printed without an end of line. */
  flush(): void;
}

/** How many entries one `run` makes before it gives the event loop a turn. */
const ENTRIES_PER_RUN = 1000;
/** What runs before: a module that exports one of them leaves it to its host. */
const CONSTRUCTORS = ['_initialize', '__wasm_call_ctors'];

/**
 * A guest that begins in `main` and waits inside of calls. It runs until it waits; then interrupts are delivered, and whoever
 * is ready goes on: `main` alone, or the coroutines of its board.
 */
export class BlockingGuest extends Guest {
  readonly #parts: BlockingParts;
  /** The exports that are still to be run on the guest's own stack, one after the other. */
  readonly #entries: string[];
  #main: Coroutine | undefined;
  /** Interrupts that are still to be delivered, and whether the timer is. */
  readonly #pending: number[] = [];
  #isTimerDue = false;
  /** The last `run` ended before everything was done. */
  #hasMore = false;

  constructor(parts: BlockingParts) {
    super(parts.kernel, parts.exports, parts.time);
    this.#parts = parts;
    parts.time.onPassed = () => this.#preempt();
    const exported = (name: string) => typeof parts.exports[name] === 'function';
    this.#entries = [CONSTRUCTORS, ENTRIES].flatMap((names) => names.find(exported) ?? []);
  }

  start(): void {
    this.#begin();
    this.run(this.kernel.now());
  }

  nextDeadline(now: number): number | undefined {
    if (this.#hasMore) return now;
    const { processor, board } = this.#parts;
    return earlier(earlier(this.kernel.nextDeadline(now), processor.resumesAt), board?.nextDeadline(now));
  }

  protected runTurn(now: number): void {
    this.#hasMore = false;
    this.#parts.processor.turn(now);
    for (let count = 0; count < ENTRIES_PER_RUN && this.running; count++) {
      // Within a turn time passes only for handlers that spin.
      if (!this.#step(count === 0 ? now : this.kernel.now())) return;
    }
    this.#hasMore = true;
  }

  /** Enters the guest once. @returns false when there is nothing to enter it for */
  #step(now: number): boolean {
    const { processor, board } = this.#parts;
    this.kernel.tick(now);
    if (this.hasEnded) return false;
    board?.tick(now);
    if (this.#deliver(now)) return true;
    if (processor.isStopped(now)) return false;
    const next = this.#entries.length > 0 || !board ? this.#main : board.next();
    if (!next) return false;
    this.guarded(next.name, () => next.resume());
    if (!this.running) return true;
    if (next === this.#main && next.state === 'ended') this.#ended(next.returned);
    else board?.left(next);
    return true;
  }

  /** Delivers an interrupt, or the timer. @returns false when there is none */
  #deliver(now: number): boolean {
    const { board, processor } = this.#parts;
    this.#collect(now);
    const irq = this.#takeNext();
    if (irq !== undefined) {
      this.#handle(irq, (name, ...args) => {
        this.enter(name, ...args);
        if (this.running) this.guarded(name, () => board?.returned(irq));
      });
    } else if (this.#isTimerDue) {
      this.#isTimerDue = false;
      this.enter('mv_app_timer');
      processor.interrupted();
    } else return false;
    return true;
  }

  /** Delivers what is pending while the guest runs, from inside one of its calls. */
  deliverInside(): void {
    const now = this.kernel.now();
    this.kernel.tick(now);
    if (this.hasEnded) throw new Departure();
    this.#preempt();
  }

  /** Interrupts what runs: a task, or a handler that is less urgent. Without a board all are as urgent. */
  #preempt(): void {
    const { coroutines, board } = this.#parts;
    if (!coroutines.current && (!board || !this.kernel.inInterrupt)) return;
    const now = this.kernel.now();
    board?.tick(now);
    this.#collect(now);
    for (let irq = this.#takeNext(); irq !== undefined; irq = this.#takeNext()) {
      this.#handle(irq, (name, ...args) => {
        coroutines.call({ export: name }, ...args);
        board?.returned(irq);
      });
    }
  }

  #handle(irq: number, enter: (name: string, ...args: number[]) => unknown): void {
    const { board, processor } = this.#parts;
    board?.entered(irq);
    this.handle(irq, enter);
    processor.interrupted();
  }

  #collect(now: number): void {
    const { kernel } = this;
    for (let entry = kernel.takeEntry(now); entry !== undefined; entry = kernel.takeEntry(now)) {
      if (entry === 'timer') this.#isTimerDue = true;
      else if (this.#pending.length < kernel.limits.pendingInterrupts) this.#pending.push(entry.interrupt);
    }
  }

  #takeNext(): number | undefined {
    const { board, processor } = this.#parts;
    const pending = this.#pending;
    const irq = board ? board.choose(pending, processor.admits) : pending.find(processor.admits);
    const index = irq === undefined ? -1 : pending.indexOf(irq);
    if (index >= 0) pending.splice(index, 1);
    if (irq === undefined && board?.wakes(pending, processor.admits)) processor.woken();
    return irq;
  }

  protected override invoke(name: string, args: readonly number[]): unknown {
    return this.#parts.coroutines.call({ export: name }, ...args);
  }

  #begin(): void {
    const entry = this.#entries.shift();
    if (entry === undefined) throw new GuestError(`the guest exports none of ${ENTRIES.join(', ')}`);
    const { coroutines, board } = this.#parts;
    // main(argc, argv) of a guest without arguments.
    this.#main = coroutines.createMain({ name: entry, entry: { export: entry }, args: [0, 0] });
    if (this.#entries.length > 0) return;
    board?.attach({ exports: this.exports, memory: this.memory, coroutines, main: this.#main });
  }

  #ended(code = 0): void {
    if (this.#entries.length > 0) this.#begin();
    else this.exited(code);
  }

  protected override exited(code: number): void {
    this.#parts.flush();
    super.exited(code);
  }
}
