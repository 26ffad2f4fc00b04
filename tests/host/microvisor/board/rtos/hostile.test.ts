import { describe, expect, it } from 'vitest';
import { Fault, GeneratorGuest } from './generator-guest.js';

/** A source of numbers that is the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const CALLS_PER_GUEST = 400;
const GUESTS = 100;

/** Makes random calls in a guest until it is ended by one. @returns how many it has made */
function attack(seed: number): number {
  const random = numbers(seed);
  const guest = new GeneratorGuest();
  const names = Object.keys(guest.rtos.calls);
  const seen: number[] = [0, 1, 2, 64, 0xffff_ffff, -1, 0x7fff_ffff];
  const argument = () => {
    const kind = random();
    if (kind < 0.6) return seen[Math.floor(random() * seen.length)] | 0;
    return kind < 0.9 ? Math.floor(random() * 5000) : Math.floor(random() * 0x1_0000_0000) | 0;
  };
  const entry = guest.pointer(function* () {
    for (;;) {
      const name = names[Math.floor(random() * names.length)];
      count++;
      if (count > CALLS_PER_GUEST) return yield* guest.call('vTaskDelay', 0xffff_ffff);
      const args = Array.from({ length: 7 }, argument);
      const result = random() < 0.2 ? guest.interrupt(name, ...args) : yield* guest.call(name, ...args);
      if (typeof result === 'number') seen.push(result);
    }
  });
  seen.push(entry);
  let count = 0;
  for (let tasks = 0; tasks < 3; tasks++) guest.rtos.calls.osThreadNew(entry, 0, 0);
  try {
    guest.run(10_000);
  } catch (error) {
    // A report that ends the guest; anything else is a mistake of the host.
    if (!(error instanceof Fault)) throw error;
  }
  return count;
}

describe('random calls', () => {
  it('end in results or in reports, never in an error of the host', () => {
    let made = 0;
    for (let seed = 1; seed <= GUESTS; seed++) made += attack(seed);
    expect(made).toBeGreaterThan(GUESTS);
  });
});

describe('an application without measure', () => {
  it('gets no more queues than the memory of the device holds, and more when some were deleted', () => {
    const { calls } = new GeneratorGuest().rtos;
    const create = () => calls.osMessageQueueNew(100, 1000, 0) as number;
    const handles = Array.from({ length: 20 }, create);
    expect(handles.filter((handle) => handle !== 0).length).toBe(7);
    calls.osMessageQueueDelete(handles[0]);
    expect(create()).not.toBe(0);
  });

  it('gets no more objects than 4,096', () => {
    const { calls } = new GeneratorGuest().rtos;
    const made = Array.from({ length: 5000 }, () => calls.xEventGroupCreate() as number);
    expect(made.filter((handle) => handle !== 0).length).toBe(4096);
  });
});
