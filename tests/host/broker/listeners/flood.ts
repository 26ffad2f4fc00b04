import { expect } from 'vitest';
import type { Broker } from '../../../../host/broker/index.js';

/**
 * Publishes messages of 100,000 bytes to the topic `a` until the broker drops one, for a subscriber who does not read.
 *
 * @returns how many it holds for the subscriber
 */
export async function floodUntilDropped(broker: Broker): Promise<number> {
  let losses = 0;
  broker.on('dropped', () => losses++);
  for (let published = 1; published <= 10_000; published++) {
    broker.publish('a', Buffer.alloc(100_000));
    await new Promise(setImmediate);
    if (losses > 0) return published - losses;
  }
  expect.unreachable('nothing was dropped after 1 GB');
}
