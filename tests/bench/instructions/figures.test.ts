import { describe, expect, it } from 'vitest';
import { grownCounts, otherVersions, readInstructionFigures } from './figures.js';
import { WORKS } from './works.js';

const figures = readInstructionFigures();
const [first, ...rest] = figures.rows;

describe('counts of instructions', () => {
  it('are recorded for every work', () => {
    expect(figures.rows.map(({ name }) => name).sort()).toEqual(Object.keys(WORKS).sort());
  });

  it.each(Object.entries(WORKS))('%s does its work', (_name, make) => {
    const { units, run } = make();
    expect(units).toBeGreaterThan(100);
    run();
    run();
  });

  it('may differ by a hundredth, and not by more', () => {
    const changed = (by: number) => [{ ...first, value: Math.floor(first.value * by) }, ...rest];
    expect(grownCounts(figures, changed(1.009))).toEqual([]);
    expect(grownCounts(figures, changed(0.5))).toEqual([]);
    expect(grownCounts(figures, changed(1.02))).toEqual([
      `${first.name}: ${Math.floor(first.value * 1.02)} instructions, recorded are ${first.value}`,
    ]);
    expect(grownCounts({ ...figures, rows: rest }, [first])).toEqual([
      `${first.name}: ${first.value} instructions, not recorded yet`,
    ]);
  });

  it('of other versions are not compared', () => {
    expect(otherVersions(figures, figures.versions)).toBeUndefined();
    expect(otherVersions(figures, { ...figures.versions, node: '1.0.0' })).toContain(
      'counted with node 1.0.0 instead of',
    );
  });
});
