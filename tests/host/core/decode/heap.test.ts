import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Heap {
  decoded: number;
  /** Whether the integers that were read are those of the packets. */
  right: boolean;
  /** Garbage collections while decoding. */
  collections: number;
  /** Bytes that the heap grew by, for one packet. */
  perPacket: number;
}

/** Decodes a million packets in a process of its own, after as many to get warm. */
function measure(way: 'cursor' | 'object'): Heap {
  const program = fileURLToPath(new URL('programs/heap.ts', import.meta.url));
  const options = ['--expose-gc', '--import', import.meta.resolve('tsx')];
  return JSON.parse(execFileSync(process.execPath, [...options, program, way, '1000000'], { encoding: 'utf8' }));
}

describe('the JavaScript heap, while a million packets are decoded', () => {
  it('the cursor allocates nothing for a packet: less than a byte each, which are two views for each chunk', () => {
    const heap = measure('cursor');
    expect(heap).toMatchObject({ right: true, collections: 0 });
    expect(heap.decoded).toBeGreaterThanOrEqual(1_000_000);
    expect(heap.perPacket).toBeLessThan(1);
  });

  it('plain objects do: the same measurement finds them', () => {
    const heap = measure('object');
    expect(heap.right).toBe(true);
    expect(heap.collections).toBeGreaterThan(0);
    expect(heap.perPacket).toBeGreaterThan(1);
  });
});
