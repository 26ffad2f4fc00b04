// needs: gcc, stdio.h, wasm2c, arm-none-eabi-gcc, newlib/stdio.h, qemu-system-arm
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../firmware/temporary-folder.js';
import { grown, otherVersions, readFigures } from './figures.js';
import { prepare, type Row, versions } from './measure.js';
import { table, withTable } from './table.js';

const figures = readFigures();
const other = otherVersions(figures, versions());
if (other) console.warn(`tests/bench/firmware: ${other}`);

describe('what the core costs on an emulated Cortex-M33', () => {
  const folder = temporaryFolder();
  let run: () => Row[];
  let rows: Row[];
  beforeAll(() => {
    run = prepare(folder);
    rows = run();
  });

  // With other versions this would say nothing: it is skipped, and the warning above says why.
  it.skipIf(other)(
    'has not grown: see the message, or record what is accepted by npm run firmware:measure -- --write',
    () => {
      expect(grown(figures, rows)).toEqual([]);
    },
  );

  it('is measured with a yardstick that agrees with the core on every input', () => {
    expect(rows.filter(({ name }) => name.endsWith('.native')).length).toBeGreaterThan(15);
  });

  it('stays within each budget that was reached when the figures were recorded, whatever the compiler', () => {
    const limits = new Map(
      figures.rows.map(({ name, limit, value }) => [name, limit !== null && value <= limit ? limit : Infinity]),
    );
    // Another compiler may be a little over a budget.
    const slack = other ? 1.1 : 1;
    for (const { name, value } of rows) expect(value, name).toBeLessThanOrEqual(limits.get(name)! * slack);
  });

  it('is the same when it is measured again', () => {
    expect(run()).toEqual(rows);
  });
});

describe('the recorded figures', () => {
  it('are those of docs/firmware.md', () => {
    const document = readFileSync('docs/firmware.md', 'utf8');
    expect(withTable(document, figures)).toBe(document);
  });

  it('show every missed budget in bold', () => {
    const missed = figures.rows.filter(({ value, limit }) => limit !== null && value > limit);
    const text = table(figures);
    for (const { value } of missed) expect(text).toContain(`**${value.toLocaleString('en-US')}**`);
  });
});

describe('a figure', () => {
  const [first, ...rest] = figures.rows;
  const changed = (by: number) => [{ ...first, value: first.value + by }, ...rest];

  it('that grows at all is reported with what was recorded', () => {
    expect(grown(figures, changed(1))).toEqual([
      `${first.name}: ${first.value + 1} ${first.unit}, recorded is ${first.value}`,
    ]);
  });

  it('may shrink', () => {
    expect(grown(figures, changed(-1))).toEqual([]);
  });

  it('that is new or gone is reported', () => {
    expect(grown(figures, rest)).toEqual([`${first.name}: no longer measured`]);
    expect(grown({ ...figures, rows: rest }, figures.rows)).toEqual([
      `${first.name}: ${first.value} ${first.unit}, not recorded yet`,
    ]);
  });

  it('of another compiler is not compared, and the reason names both versions', () => {
    expect(otherVersions(figures, figures.versions)).toBeUndefined();
    expect(otherVersions(figures, { ...figures.versions, gcc: '99.1.0' })).toContain(
      `gcc 99.1.0 instead of ${figures.versions.gcc}`,
    );
  });
});
