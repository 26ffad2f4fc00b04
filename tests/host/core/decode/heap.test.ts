import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Heap {
  decoded: number;
  /** Whether the integers read are those of the packets. */
  right: boolean;
  /** Garbage collections while decoding. */
  collections: number;
  /** Growth of the heap for one packet, bytes. */
  perPacket: number;
}

/** Decodes a million packets in a separate process, after as many to get warm. */
function measure(way: 'cursor' | 'object'): Heap {
  const program = fileURLToPath(new URL('programs/heap.ts', import.meta.url));
  const options = ['--expose-gc', '--import', import.meta.resolve('tsx')];
  return JSON.parse(execFileSync(process.execPath, [...options, program, way, '1000000'], { encoding: 'utf8' }));
}

describe('the JavaScript heap while a million packets are decoded', () => {
  it('grows by less than a byte a packet with the cursor, which makes two views for each chunk and nothing for a packet', () => {
    const heap = measure('cursor');
    expect(heap).toMatchObject({ right: true, collections: 0 });
    expect(heap.decoded).toBeGreaterThanOrEqual(1_000_000);
    expect(heap.perPacket).toBeLessThan(1);
  });

  it('grows with plain objects, which the same measurement finds', () => {
    const heap = measure('object');
    expect(heap.right).toBe(true);
    expect(heap.collections).toBeGreaterThan(0);
    expect(heap.perPacket).toBeGreaterThan(1);
  });
});
