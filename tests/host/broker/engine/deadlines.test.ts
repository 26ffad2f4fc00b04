import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../../host/broker/engine/deadlines.js';

const rethrow = (error: unknown) => {
  throw error;
};

describe('deadlines', () => {
  it('run in the order of their times, even when some are cancelled', () => {
    const deadlines = new Deadlines(rethrow);
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

  it('that are due run in one tick, earliest first; what they add waits', () => {
    const deadlines = new Deadlines(rethrow);
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
    const deadlines = new Deadlines(rethrow);
    const one = deadlines.add(1, () => {});
    const two = deadlines.add(2, () => expect.unreachable());
    two.cancel();
    two.cancel();
    deadlines.tick(1);
    one.cancel();
    deadlines.tick(5);
    expect(deadlines.nextDeadline(0)).toBeUndefined();
  });

  it('that are due together do not run when an earlier one cancels them', () => {
    const deadlines = new Deadlines(rethrow);
    const other = deadlines.add(2, () => expect.unreachable('was cancelled'));
    deadlines.add(1, () => other.cancel());
    deadlines.tick(2);
  });

  it('that throw are reported, and the others that are due run', () => {
    const thrown: unknown[] = [];
    const deadlines = new Deadlines((error) => thrown.push(error));
    let runs = 0;
    for (const at of [1, 2, 3]) {
      deadlines.add(at, () => {
        runs++;
        if (at < 3) throw at;
      });
    }
    deadlines.tick(3);
    expect({ thrown, runs }).toEqual({ thrown: [1, 2], runs: 3 });
    expect(deadlines.nextDeadline(3)).toBeUndefined();
  });
});
