import type { Coroutine, CoroutineOptions, CoroutineState } from '../coroutine.js';
import type { CStack } from './c-stack.js';

export type Entry = (...args: number[]) => unknown;

/** What a coroutine needs of the instance that it is in. */
export interface CoroutineGroup {
  /** Enters it. @returns what the entry returned, which means nothing when it was suspended, and whether it was */
  enter(coroutine: AsyncifyCoroutine, entry: Entry, args: readonly number[], rewind: boolean): [unknown, boolean];
}

/** One coroutine of an instance: its stacks, and where it is. */
export class AsyncifyCoroutine implements Coroutine {
  readonly name: string;
  readonly stackSize: number;
  readonly stack: CStack;
  /** Address of Asyncify's record. */
  readonly record: number;
  /** The stack pointer: at the top before it begins, then where it was when it was suspended. */
  pointer: number;
  answered = 0;
  state: CoroutineState = 'ready';
  returned: number | undefined;
  readonly #group: CoroutineGroup;
  readonly #entry: Entry;
  readonly #args: readonly number[];
  readonly #release: () => void;

  constructor(
    group: CoroutineGroup,
    { name, args = [], stackSize }: CoroutineOptions,
    entry: Entry,
    stack: CStack,
    record: number,
    release: () => void,
  ) {
    this.#group = group;
    this.name = name;
    this.stackSize = stackSize;
    this.#entry = entry;
    this.#args = args;
    this.stack = stack;
    this.pointer = stack.high;
    this.record = record;
    this.#release = release;
  }

  resume(result = this.answered): 'suspended' | 'ended' {
    const before = this.state;
    if (before !== 'ready' && before !== 'suspended')
      throw new Error(`${this.name} cannot be entered: it is ${before}`);
    this.answered = result;
    this.state = 'running';
    const [returned, suspended] = this.#group.enter(this, this.#entry, this.#args, before === 'suspended');
    if (suspended) {
      this.state = 'suspended';
      return 'suspended';
    }
    this.returned = typeof returned === 'number' ? returned : undefined;
    this.state = 'ended';
    this.#release();
    return 'ended';
  }

  answer(result: number): void {
    this.answered = result;
  }

  stackPeak(): number {
    return this.stack.peak();
  }

  drop(): void {
    if (this.state === 'running') throw new Error(`${this.name} cannot be dropped while it runs`);
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.#release();
  }
}
