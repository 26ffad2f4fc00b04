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

describe('a bounded queue of items that expire', () => {
  const setUp = (maximumItems: number) => {
    const expired: number[] = [];
    const expiry = {
      expiresAt: (item: number) => (item === 0 ? undefined : item),
      expired: (item: number) => expired.push(item),
    };
    return { queue: new BoundedQueue<number>(maximumItems, 100, () => 1, expiry), expired };
  };

  it('that is full removes what has expired, wherever it lies, before it refuses', () => {
    const { queue, expired } = setUp(4);
    for (const item of [30, 10, 0, 20]) expect(queue.push(item, 0)).toBe(true);
    expect(queue.push(40, 9)).toBe(false);
    expect(queue.push(40, 10)).toBe(true);
    expect(expired).toEqual([10]);
    expect(queue.push(50, 20)).toBe(true);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([
      30,
      0,
      40,
      50,
      undefined,
    ]);
    expect([queue.length, queue.bytes, queue.nextExpiry]).toEqual([0, 0, undefined]);
  });

  it('knows when the next one expires, and forgets those taken out', () => {
    const { queue, expired } = setUp(4);
    for (const item of [10, 30, 20]) queue.push(item, 0);
    expect(queue.nextExpiry).toBe(10);
    expect(queue.extract((item) => item > 10)).toEqual([30, 20]);
    expect([queue.length, queue.nextExpiry]).toEqual([1, 10]);
    queue.sweep(30);
    expect([expired, queue.length, queue.nextExpiry, queue.peek()]).toEqual([[10], 0, undefined, undefined]);
  });
});
