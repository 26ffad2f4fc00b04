import { describe, expect, it } from 'vitest';
import { type Task, WorkQueue } from '../../../../../host/broker/engine/turns/work-queue.js';

const rethrow = (error: unknown) => {
  throw error;
};

/** A task of so many units that does one at a time. */
function taskOf(units: number, done: () => void): Task {
  let left = units;
  return {
    run(work) {
      for (; left > 0 && !work.isSpent; left--) work.spend(1);
      if (left > 0) return false;
      done();
      return true;
    },
  };
}

describe('the work of later turns', () => {
  it('is done in turns of a bounded size', () => {
    const queue = new WorkQueue(1000, rethrow);
    let turns = 0;
    let isDone = false;
    queue.add(taskOf(5000, () => (isDone = true)));
    for (; queue.size > 0; turns++) queue.tick();
    expect([turns, isDone]).toEqual([5, true]);
  });

  it('is shared out: a small task is done in the first turn, however large the others are', () => {
    const queue = new WorkQueue(1000, rethrow);
    const done: string[] = [];
    for (const name of ['a', 'b', 'c']) queue.add(taskOf(100_000, () => done.push(name)));
    queue.add(taskOf(50, () => done.push('small')));
    queue.tick();
    expect(done).toEqual(['small']);
  });

  it('reaches everybody when there are more tasks than a turn has room for', () => {
    const queue = new WorkQueue(1000, rethrow);
    const done: number[] = [];
    for (let n = 0; n < 100; n++) queue.add(taskOf(100, () => done.push(n)));
    for (let turn = 0; turn < 10; turn++) queue.tick();
    expect(done).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('goes on when a task throws', () => {
    const errors: unknown[] = [];
    const queue = new WorkQueue(1000, (error) => errors.push(error));
    let isDone = false;
    queue.add({ run: () => rethrow('broken') as never });
    queue.add(taskOf(1, () => (isDone = true)));
    queue.tick();
    expect([errors, isDone, queue.size]).toEqual([['broken'], true, 0]);
  });

  it('ends each turn, even for a task that spends nothing and is never done', () => {
    const queue = new WorkQueue(10, rethrow);
    queue.add({ run: () => false });
    queue.tick();
    expect(queue.size).toBe(1);
  });
});
