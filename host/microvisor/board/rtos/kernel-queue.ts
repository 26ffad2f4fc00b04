import type { RtosMemory } from './rtos-ports.js';
import type { Answer, Scheduler } from './scheduler.js';
import type { Task } from './task.js';
import { WaitList } from './wait-list.js';

export type QueuePosition = 'back' | 'front' | 'overwrite';

/** What a call returns: when its work is done, when it could not be done at once and was not to wait, and when its time is up. */
export interface Outcome {
  done: number;
  atOnce: number;
  afterTime: number;
}

/**
 * A queue as FreeRTOS has it: items are copied in and out. Semaphores are queues of items without bytes, and a mutex is one that knows its
 * holder.
 */
export class KernelQueue {
  readonly capacity: number;
  /** Bytes of one item. */
  readonly itemSize: number;
  readonly readers = new WaitList<Task>();
  readonly writers = new WaitList<Task>();
  nameAddress = 0;
  #count: number;
  #first = 0;
  readonly #storage: Uint8Array;

  constructor(capacity: number, itemSize: number, count = 0) {
    this.capacity = capacity;
    this.itemSize = itemSize;
    this.#count = count;
    this.#storage = new Uint8Array(capacity * itemSize);
  }

  get count(): number {
    return this.#count;
  }

  /** @returns false when there is no room */
  put(item: Uint8Array, position: QueuePosition): boolean {
    if (this.#count >= this.capacity) {
      if (position !== 'overwrite') return false;
      this.#count--;
    }
    if (position === 'front') this.#first = (this.#first + this.capacity - 1) % this.capacity;
    const slot = position === 'front' ? this.#first : (this.#first + this.#count) % this.capacity;
    this.#storage.set(item, slot * this.itemSize);
    this.#count++;
    return true;
  }

  /** The first item; undefined when there is none. */
  peek(): Uint8Array | undefined {
    const begin = this.#first * this.itemSize;
    return this.#count > 0 ? this.#storage.subarray(begin, begin + this.itemSize) : undefined;
  }

  /** Takes the first item away. */
  shift(): void {
    this.#first = (this.#first + 1) % this.capacity;
    this.#count--;
  }

  /** Takes all items away. */
  clear(): void {
    this.#count = 0;
    this.#first = 0;
  }
}

/** A mutex: whoever takes it has to give it back, and is as urgent meanwhile as the most urgent that waits for it. */
export class KernelMutex extends KernelQueue {
  readonly isRecursive: boolean;
  holder: Task | undefined;
  /** How often the holder of a recursive mutex has taken it. */
  depth = 0;

  constructor(isRecursive: boolean) {
    super(1, 0, 1);
    this.isRecursive = isRecursive;
  }
}

const NOTHING = new Uint8Array(0);

/** What is done with queues, semaphores and mutexes: from tasks, which may wait, and from interrupts, which may not. */
export class QueueWork {
  readonly #scheduler: Scheduler;
  readonly #memory: RtosMemory;

  constructor(scheduler: Scheduler, memory: RtosMemory) {
    this.#scheduler = scheduler;
    this.#memory = memory;
  }

  /** Puts an item; `ticks` is 0 in an interrupt. @returns what `outcome` says */
  send(
    call: string,
    queue: KernelQueue,
    item: number,
    position: QueuePosition,
    ticks: number,
    outcome: Outcome,
  ): Answer {
    const attempt = () => {
      const bytes = queue.itemSize === 0 ? NOTHING : this.#memory.copy(item, queue.itemSize);
      if (!queue.put(bytes, position)) return undefined;
      this.#wake(queue.readers.first);
      return outcome.done;
    };
    return this.#do(call, attempt, () => outcome.afterTime, queue.writers, ticks, outcome);
  }

  /** Takes an item, or looks at it; `buffer` is 0 for semaphores. @returns what `outcome` says */
  receive(call: string, queue: KernelQueue, buffer: number, ticks: number, outcome: Outcome, isPeek = false): Answer {
    const attempt = () => {
      const item = queue.peek();
      if (!item) return undefined;
      if (queue.itemSize > 0) this.#memory.write(buffer, item);
      if (isPeek) {
        // Another one may look at it too.
        this.#wake(queue.readers.first);
        return outcome.done;
      }
      queue.shift();
      this.#wake(queue.writers.first);
      return outcome.done;
    };
    return this.#do(call, attempt, () => outcome.afterTime, queue.readers, ticks, outcome);
  }

  /** The current task takes a mutex. @returns what `outcome` says */
  take(call: string, mutex: KernelMutex, ticks: number, outcome: Outcome): Answer {
    if (mutex.isRecursive && mutex.holder !== undefined && mutex.holder === this.#scheduler.current) {
      mutex.depth++;
      return this.#scheduler.settle(outcome.done);
    }
    const attempt = (task: Task | undefined) => {
      if (mutex.count > 0) {
        mutex.shift();
        mutex.holder = task;
        mutex.depth = 1;
        if (task) task.mutexesHeld++;
        return outcome.done;
      }
      if (ticks > 0 && task && mutex.holder && mutex.holder.priority < task.priority) {
        this.#scheduler.setPriority(mutex.holder, task.priority);
      }
      return undefined;
    };
    const expire = () => {
      this.#givePriorityBack(mutex);
      return outcome.afterTime;
    };
    return this.#do(call, attempt, expire, mutex.readers, ticks, outcome);
  }

  /** The current task gives a mutex back. @returns what `outcome` says; it does not wait */
  give(mutex: KernelMutex, outcome: Outcome): Answer {
    const task = this.#scheduler.current;
    if (mutex.count > 0 || mutex.holder !== task) return this.#scheduler.settle(outcome.atOnce);
    mutex.depth--;
    if (mutex.depth > 0) return this.#scheduler.settle(outcome.done);
    mutex.holder = undefined;
    mutex.put(NOTHING, 'back');
    if (task) {
      task.mutexesHeld--;
      if (task.mutexesHeld === 0) this.#scheduler.setPriority(task, task.basePriority);
    }
    this.#wake(mutex.readers.first);
    return this.#scheduler.settle(outcome.done);
  }

  /** Takes all items away; one that waits for room goes on. @returns `done` */
  reset(queue: KernelQueue, done: number): Answer {
    queue.clear();
    this.#wake(queue.writers.first);
    return this.#scheduler.settle(done);
  }

  /** A waiting task has given up: its priority is no longer lent, unless the holder has another mutex. */
  #givePriorityBack({ holder, readers }: KernelMutex): void {
    if (holder?.mutexesHeld !== 1) return;
    this.#scheduler.setPriority(holder, Math.max(holder.basePriority, readers.first?.priority ?? 0));
  }

  #wake(task: Task | undefined): void {
    if (task) this.#scheduler.release(task);
  }

  #do(
    call: string,
    attempt: (task: Task | undefined) => number | undefined,
    expire: () => number,
    list: WaitList<Task>,
    ticks: number,
    outcome: Outcome,
  ): Answer {
    const done = attempt(this.#scheduler.current) ?? (ticks === 0 ? outcome.atOnce : undefined);
    return done === undefined
      ? this.#scheduler.wait(call, { list, attempt, expire }, ticks)
      : this.#scheduler.settle(done);
  }
}
