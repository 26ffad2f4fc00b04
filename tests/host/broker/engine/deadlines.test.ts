import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../../host/broker/engine/deadlines.js';
import { BoundedQueue } from '../../../../host/broker/engine/sessions/bounded-queue.js';

describe('deadlines', () => {
  it('run in the order of their times, whatever was cancelled in between', () => {
    const deadlines = new Deadlines();
    const ran: number[] = [];
    // 0 to 996 in an order that looks random: 997 is prime.
    const times = Array.from({ length: 997 }, (_, index) => (index * 389) % 997);
    const entries = times.map((at) => deadlines.add(at, () => ran.push(at)));
    for (const entry of entries) if (entry.at % 3 === 0) entry.cancel();
    const left = times.filter((at) => at % 3 !== 0).sort((a, b) => a - b);
    for (const at of left) {
      expect(deadlines.nextDeadline(0)).toBe(at);
      deadlines.tick(at);
    }
    expect(ran).toEqual(left);
    expect(deadlines.nextDeadline(0)).toBeUndefined();
  });

  it('run all that is due at once, earliest first, and not what these add', () => {
    const deadlines = new Deadlines();
    const ran: string[] = [];
    deadlines.add(2, () => ran.push('second'));
    deadlines.add(1, () => {
      ran.push('first');
      deadlines.add(1, () => ran.push('added'));
    });
    deadlines.add(3, () => ran.push('later'));
    deadlines.tick(2);
    expect(ran).toEqual(['first', 'second']);
    expect(deadlines.nextDeadline(0)).toBe(1);
  });

  it('can be cancelled twice and after they ran', () => {
    const deadlines = new Deadlines();
    const one = deadlines.add(1, () => {});
    const two = deadlines.add(2, () => expect.unreachable());
    two.cancel();
    two.cancel();
    deadlines.tick(1);
    one.cancel();
    deadlines.tick(5);
    expect(deadlines.nextDeadline(0)).toBeUndefined();
  });

  it('that fall due together do not run when an earlier one cancels them', () => {
    const deadlines = new Deadlines();
    const other = deadlines.add(2, () => expect.unreachable('was cancelled'));
    deadlines.add(1, () => other.cancel());
    deadlines.tick(2);
  });
});

describe('a bounded queue', () => {
  it('gives back in order, and has room again for what was taken out', () => {
    const queue = new BoundedQueue<string>(3, 10, ({ length }) => length);
    expect(['1234', '12', '1', '1'].map((item) => queue.push(item))).toEqual([true, true, true, false]);
    expect(queue.bytes).toBe(7);
    expect(queue.shift()).toBe('1234');
    expect(queue.push('12345678')).toBe(false);
    expect(queue.push('1234567')).toBe(true);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual(['12', '1', '1234567', undefined]);
    expect([queue.length, queue.bytes]).toEqual([0, 0]);
  });

  it('is empty after clear', () => {
    const queue = new BoundedQueue<string>(1, 1, ({ length }) => length);
    queue.push('1');
    queue.clear();
    expect([queue.length, queue.shift(), queue.push('1')]).toEqual([0, undefined, true]);
  });
});
