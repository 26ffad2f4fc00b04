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

/** Runs one of the programs in a separate process, and returns the object that it prints. */
function run(name: string, ...args: string[]) {
  const program = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const options = ['--expose-gc', '--import', import.meta.resolve('tsx')];
  return JSON.parse(execFileSync(process.execPath, [...options, program, ...args], { encoding: 'utf8' }));
}

/** Decodes a million packets, after as many to get warm. */
const measure = (way: 'cursor' | 'object'): Heap => run('heap.ts', way, '1000000');

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
    // By how much it has grown at the end depends on when the last collection was.
    expect(heap.collections).toBeGreaterThan(0);
  });
});

describe('a topic that is kept', () => {
  it('keeps no other text alive, and is the same string each time when it comes again', () => {
    const heap: Record<'once' | 'again' | 'known', number> = run('kept-topics.ts');
    // 23 characters and their header; the texts around them are 900 characters.
    expect(heap.once).toBeLessThan(80);
    expect(heap.again).toBeLessThan(10);
    expect(heap.known).toBeLessThan(10);
  });
});
