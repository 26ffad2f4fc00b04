import { describe, expect, it } from 'vitest';
import { BoundedQueue } from '../../../../../host/broker/engine/sessions/bounded-queue.js';

describe('a bounded queue', () => {
  it('returns items in order, and has room again for those taken out', () => {
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
