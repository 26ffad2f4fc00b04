import { earlier } from '../../kernel/earlier.js';
import type { Entry, Kernel } from '../../kernel/kernel.js';
import type { Board } from '../board-port.js';
import type { Coroutine } from '../coroutine.js';
import { Guest } from '../guest.js';
import { GuestError } from '../guest-error.js';
import { ENTRIES } from '../module/guest-problems.js';
import type { WasmExports } from '../module/webassembly.js';
import type { AsyncifyCoroutines } from './asyncify-coroutines.js';
import type { Processor } from './processor.js';

/** What a blocking guest is made of. */
export interface BlockingParts {
  kernel: Kernel;
  exports: WasmExports;
  coroutines: AsyncifyCoroutines;
  processor: Processor;
  board: Board | undefined;
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
  /** Interrupts and timers that are still to be delivered. */
  readonly #pending: Entry[] = [];
  /** The last `run` ended before everything was done. */
  #hasMore = false;

  constructor(parts: BlockingParts) {
    super(parts.kernel, parts.exports);
    this.#parts = parts;
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
    for (let count = 0; count < ENTRIES_PER_RUN && this.running; count++) {
      if (!this.#step(now)) return;
    }
    this.#hasMore = true;
  }

  /** Enters the guest once. @returns false when there is nothing to enter it for */
  #step(now: number): boolean {
    const { processor, board } = this.#parts;
    this.kernel.tick(now);
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

  /** Delivers the first interrupt that is accepted. @returns false when there is none */
  #deliver(now: number): boolean {
    const { board, processor } = this.#parts;
    for (let entry = this.kernel.takeEntry(now); entry !== undefined; entry = this.kernel.takeEntry(now)) {
      this.#pending.push(entry);
    }
    const index = this.#pending.findIndex((one) => one === 'timer' || !board || board.accepts(one.interrupt));
    if (index < 0) return false;
    const [entry] = this.#pending.splice(index, 1);
    if (entry === 'timer') this.enter('mv_app_timer');
    else this.enterHandler(...this.handlerOf(entry.interrupt));
    processor.interrupted();
    return true;
  }

  /** Delivers what is pending while the guest runs, from inside one of its calls. */
  deliverInside(): void {
    const { coroutines, board, processor } = this.#parts;
    if (!coroutines.current) return;
    const now = this.kernel.now();
    this.kernel.tick(now);
    for (let entry = this.kernel.takeEntry(now); entry !== undefined; entry = this.kernel.takeEntry(now)) {
      if (entry === 'timer' || (board && !board.accepts(entry.interrupt))) {
        this.#pending.push(entry);
        continue;
      }
      const [name, ...args] = this.handlerOf(entry.interrupt);
      this.asInterrupt(() => coroutines.call({ export: name }, ...args));
      processor.interrupted();
    }
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
