import { describe, expect, it } from 'vitest';
import { Build, bothBuilds, Tally } from './checks/exhaustive-check.js';
import { checks } from './checks/index.js';

const builds = bothBuilds();
const quick = checks.filter((check) => check.quick);

describe('both builds of the core, over all of a small domain', () => {
  it.each(quick)('$name: $covers', ({ name, run }) => {
    const tally = new Tally();
    run(builds, tally, 0);
    console.log(`exhaustive: ${name}: ${tally.cases} cases`);
    expect(tally.differences).toEqual([]);
    expect(tally.cases).toBeGreaterThan(10_000);
  });

  it('has no two checks of the same name, and what is long in parts', () => {
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    for (const { quick, slices } of checks) expect(slices > 1).toBe(!quick);
  });
});

/** A build that gives one wrong answer: to this call. */
class Liar extends Build {
  calls = 0;

  constructor(name: Build['name'], lieAt: number) {
    super(name);
    const wrapped = Object.entries(this.core).map(([key, value]) => {
      if (typeof value !== 'function') return [key, value];
      const call = value as (...args: number[]) => number;
      return [key, (...args: number[]) => call(...args) + (++this.calls === lieAt ? 1 : 0)];
    });
    (this as { core: Build['core'] }).core = Object.fromEntries(wrapped);
  }
}

describe('a check finds one wrong answer', () => {
  const short = quick.filter(({ name }) => name === 'reasons' || name === 'der-length');
  it.each(short)('among all of $name', ({ run }) => {
    const honest = new Liar('core.wasm', 0);
    run([honest], new Tally(), 0);
    for (const share of [0.1, 0.5, 0.99]) {
      const tally = new Tally();
      run([new Liar('core.wasm', Math.floor(honest.calls * share))], tally, 0);
      expect(tally.differing).toBeGreaterThan(0);
    }
  });

  it.each(quick.filter(({ name }) => !short.some((other) => other.name === name) && name !== 'utf8-oracle'))(
    'at the start of $name',
    ({ run }) => {
      // The tally stops the check at the first difference, which spares the rest of a long one.
      class Enough extends Error {}
      const tally = new Tally();
      tally.differ = () => {
        throw new Enough();
      };
      expect(() => run([new Liar('core.wasm', 1_000)], tally, 0)).toThrow(Enough);
    },
  );
});
