import type { Answer, Scheduler } from './scheduler.js';
import type { Task } from './task.js';
import { WaitList } from './wait-list.js';

/** What a task waits for in an event group. */
interface Wanted {
  bits: number;
  all: boolean;
  clears: boolean;
}

const isMet = (value: number, { bits, all }: Wanted) => (all ? (value & bits) === bits : (value & bits) !== 0);

/** An event group (FreeRTOS) or event flags (CMSIS): bits that any number of tasks wait for. */
export class EventGroup {
  nameAddress = 0;
  bits = 0;
  readonly list = new WaitList<Task>();
  readonly wanted = new Map<Task, Wanted>();
}

export class EventGroupWork {
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /**
   * Sets bits; every task whose wait they meet goes on with the bits as they were then. Bits that these tasks clear are cleared at the end.
   *
   * @returns the bits at the end
   */
  set(group: EventGroup, bits: number): number {
    group.bits = (group.bits | bits) >>> 0;
    let cleared = 0;
    for (const task of group.list.all()) {
      const wanted = group.wanted.get(task);
      if (!wanted || !isMet(group.bits, wanted)) continue;
      if (wanted.clears) cleared |= wanted.bits;
      group.wanted.delete(task);
      this.#scheduler.release(task, group.bits | 0);
    }
    group.bits = (group.bits & ~cleared) >>> 0;
    return group.bits;
  }

  /**
   * Waits for bits.
   *
   * @param failed what the call returns when its time is up; undefined: the bits
   * @returns the bits as they were when the wait was met, before any were cleared
   */
  wait(
    call: string,
    group: EventGroup,
    wanted: Wanted,
    ticks: number,
    failed: (ticks: number) => number | undefined,
  ): Answer {
    const attempt = () => {
      if (!isMet(group.bits, wanted)) return undefined;
      const { bits } = group;
      if (wanted.clears) group.bits = (bits & ~wanted.bits) >>> 0;
      return bits | 0;
    };
    const expire = (task?: Task) => {
      if (task) group.wanted.delete(task);
      return failed(ticks) ?? group.bits | 0;
    };
    const done = attempt() ?? (ticks === 0 ? expire() : undefined);
    if (done !== undefined) return this.#scheduler.settle(done);
    const task = this.#scheduler.current;
    const answer = this.#scheduler.wait(call, { list: group.list, attempt, expire }, ticks);
    if (task) group.wanted.set(task, wanted);
    return answer;
  }

  /** Ends all waits, which return 0. */
  end(group: EventGroup): void {
    for (const task of group.list.all()) this.#scheduler.release(task, 0);
    group.wanted.clear();
  }
}
