import {
  type BlockingFunction,
  type Coroutine,
  type CoroutineEntry,
  type CoroutineOptions,
  type Coroutines,
  GuestFault,
  StackOverflow,
  SUSPEND,
} from '../coroutine.js';
import type { WasmExports, WasmGlobal, WasmMemory, WasmTable } from '../module/webassembly.js';
import { AsyncifyCoroutine, type CoroutineGroup, type Entry } from './asyncify-coroutine.js';
import { CStack } from './c-stack.js';
import { STACK_LIMITS } from './make-resumable.js';
import { allocatedStacks, grownStacks, type StackArena } from './stack-arena.js';

/** What Asyncify and the stack check have added to a module, and what they work on. */
interface Machinery {
  memory: WasmMemory;
  stackPointer: WasmGlobal | undefined;
  /** Sets the highest and the lowest address that the stack pointer may have. */
  setLimits(high: number, low: number): void;
  startUnwind(record: number): void;
  stopUnwind(): void;
  startRewind(record: number): void;
  stopRewind(): void;
}

/** Bytes for the record that Asyncify keeps: where the next frame goes, and where its stack ends. */
const RECORD = 16;
const LARGEST_STACK = 16 * 1024 * 1024;

const aligned = (size: number) => Math.ceil(size / 16) * 16;

/** What the instance does at present: Asyncify has one state for all coroutines. */
type Phase = 'normal' | 'unwinding' | 'rewinding';

/** {@link Coroutines} over a module that was made resumable by `make-resumable.ts`. */
export class AsyncifyCoroutines implements Coroutines, CoroutineGroup {
  /** Bytes for the frames of one suspended coroutine: some 12 and its locals for each function on the stack. */
  readonly #unwoundSize: number;
  #machinery!: Machinery;
  #exports!: WasmExports;
  #arena!: StackArena;
  #phase: Phase = 'normal';
  #current: AsyncifyCoroutine | undefined;
  /** How many calls are under way, one within another. */
  #calls = 0;
  #main: AsyncifyCoroutine | undefined;
  /** The guest's own C stack. */
  #ownStack!: CStack;
  #dead = false;

  /** @param unwoundSize bytes, a multiple of 16 */
  constructor(unwoundSize: number) {
    this.#unwoundSize = unwoundSize;
  }

  /** Takes the instance, whose imports were made with `blocking` before. */
  attach(exports: WasmExports): void {
    const call = (name: string) => exports[name] as (...args: number[]) => void;
    const stackPointer = exports.__stack_pointer as WasmGlobal | undefined;
    this.#exports = exports;
    this.#machinery = {
      memory: exports.memory as WasmMemory,
      stackPointer,
      setLimits: (exports[STACK_LIMITS] as Machinery['setLimits'] | undefined) ?? (() => {}),
      startUnwind: call('asyncify_start_unwind'),
      stopUnwind: call('asyncify_stop_unwind'),
      startRewind: call('asyncify_start_rewind'),
      stopRewind: call('asyncify_stop_rewind'),
    };
    const exported = (name: string) => typeof exports[name] === 'function';
    const malloc = (size: number) => (this.call({ export: 'malloc' }, size) ?? 0) >>> 0;
    // A guest that never frees has no free.
    const free = (address: number) => void (exported('free') && this.call({ export: 'free' }, address));
    this.#arena = exported('malloc') ? allocatedStacks(malloc, free) : grownStacks(this.#machinery.memory);
    const high = stackPointer?.value ?? 0;
    // With --stack-first the stack begins at address 0, else behind the data.
    const dataEnd = (exports.__data_end as WasmGlobal | undefined)?.value;
    const low = dataEnd !== undefined && dataEnd < high ? aligned(dataEnd) : 0;
    // Where its lower end is a guess, there may be data in it: that is not filled.
    this.#ownStack = new CStack(this.#machinery.memory, low, high, dataEnd !== undefined);
    this.#limit(this.#ownStack);
  }

  get current(): Coroutine | undefined {
    return this.#current;
  }

  /** Makes an import of a handler that may suspend. */
  blocking(name: string, handler: BlockingFunction): (...args: number[]) => unknown {
    return (...args) => {
      if (this.#phase === 'rewinding') {
        this.#phase = 'normal';
        this.#machinery.stopRewind();
        return this.#current!.answered;
      }
      const result = handler(...args);
      if (result !== SUSPEND) return result;
      if (!this.#current) throw new GuestFault(`${name} cannot wait in an interrupt handler or a callback`);
      this.#phase = 'unwinding';
      this.#machinery.startUnwind(this.#current.record);
      return 0;
    };
  }

  create(options: CoroutineOptions): Coroutine {
    const entry = this.#entryOf(options.entry);
    const { stackSize } = options;
    if (!(stackSize >= 1 && stackSize <= LARGEST_STACK)) {
      throw new RangeError(`${options.name}: a stack has 1 to ${LARGEST_STACK} bytes, not ${stackSize}`);
    }
    const size = aligned(stackSize);
    const whole = size + RECORD + this.#unwoundSize;
    const low = this.#arena.take(whole);
    const release = () => this.#arena.give(low, whole);
    const stack = new CStack(this.#machinery.memory, low, low + size, true);
    return this.#made(options, entry, stack, low + size, release);
  }

  /** The coroutine that runs on the guest's own C stack: one at a time. @throws as `create` */
  createMain(options: Omit<CoroutineOptions, 'stackSize'>): Coroutine {
    const entry = this.#entryOf(options.entry);
    const whole = RECORD + this.#unwoundSize;
    const record = this.#arena.take(whole);
    const release = () => this.#arena.give(record, whole);
    const stack = this.#ownStack;
    stack.clear();
    this.#main = this.#made({ ...options, stackSize: stack.size }, entry, stack, record, release);
    return this.#main;
  }

  #made(options: CoroutineOptions, entry: Entry, stack: CStack, record: number, release: () => void) {
    const view = new DataView(this.#machinery.memory.buffer);
    view.setUint32(record, record + RECORD, true);
    view.setUint32(record + 4, record + RECORD + this.#unwoundSize, true);
    return new AsyncifyCoroutine(this, options, entry, stack, record, release);
  }

  call(entry: CoroutineEntry, ...args: number[]): number | undefined {
    const callee = this.#entryOf(entry);
    const { stackPointer } = this.#machinery;
    const within = this.#current;
    const above = stackPointer?.value;
    // A call within another one, or within `main`, is on the same stack, below it.
    const isBelow = this.#calls > 0 || within === this.#main;
    this.#begin(undefined, isBelow ? undefined : this.#main?.pointer);
    this.#calls++;
    try {
      const result = callee(...args);
      this.#current = within;
      if (stackPointer) stackPointer.value = above!;
      this.#limit(within?.stack ?? this.#ownStack);
      return typeof result === 'number' ? result : undefined;
    } catch (error) {
      this.#dead = true;
      throw error;
    } finally {
      this.#calls--;
    }
  }

  enter(coroutine: AsyncifyCoroutine, entry: Entry, args: readonly number[], rewind: boolean): [unknown, boolean] {
    if (this.#current) throw new Error(`${coroutine.name} cannot be entered while ${this.#current.name} runs`);
    this.#begin(coroutine, coroutine.pointer);
    try {
      if (rewind) {
        this.#phase = 'rewinding';
        this.#machinery.startRewind(coroutine.record);
      }
      const result = entry(...args);
      const suspended = this.#phase === 'unwinding';
      if (suspended) this.#stopUnwind(coroutine);
      coroutine.pointer = this.#machinery.stackPointer?.value ?? 0;
      this.#current = undefined;
      return [result, suspended];
    } catch (error) {
      // What a trap leaves behind is of no use: neither memory nor Asyncify's state.
      this.#dead = true;
      this.#current = undefined;
      throw error;
    }
  }

  #stopUnwind({ name }: AsyncifyCoroutine): void {
    this.#phase = 'normal';
    try {
      this.#machinery.stopUnwind();
    } catch {
      // Asyncify has written past its end and says so here. The instance is dropped, and its memory with it.
      throw new GuestFault(
        `${name} waits under too many calls: their frames have more than ${this.#unwoundSize} bytes`,
      );
    }
  }

  #begin(coroutine: AsyncifyCoroutine | undefined, pointer: number | undefined): void {
    if (this.#dead) throw new Error('the guest has trapped: it cannot be entered any more');
    this.#current = coroutine;
    if (pointer !== undefined && this.#machinery.stackPointer) this.#machinery.stackPointer.value = pointer;
    this.#limit(coroutine?.stack ?? this.#ownStack);
  }

  #limit({ limit, high }: CStack): void {
    this.#machinery.setLimits(high, limit);
  }

  /**
   * The stack check's handler: the stack grows to where it was not before, or overflows.
   *
   * @param pointer what the stack pointer is to become
   */
  overflowed(pointer: number): void {
    const { name, stack } = this.#current ?? { name: 'the interrupt handler', stack: this.#ownStack };
    if (!stack.grow(pointer)) throw new StackOverflow(name, stack.size, stack.high - (pointer | 0));
    this.#limit(stack);
  }

  #entryOf(entry: CoroutineEntry): Entry {
    if ('export' in entry) {
      const found = this.#exports[entry.export];
      if (typeof found !== 'function') throw new Error(`the guest does not export the function ${entry.export}`);
      return found as Entry;
    }
    const table = this.#exports.__indirect_function_table as WasmTable | undefined;
    if (!table) throw new Error('the guest does not export its table of functions; link with --export-table');
    const found = entry.table >>> 0 < table.length ? table.get(entry.table >>> 0) : undefined;
    if (!found) throw new Error(`${entry.table >>> 0} is not a pointer to a function`);
    return found;
  }
}
