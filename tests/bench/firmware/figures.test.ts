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
  }, 300_000);

  // Without the versions of the figures these say nothing; they are counted as skipped, and the line above says why.
  it.skipIf(other)(
    'has not grown: see the message, or record what is accepted by npm run firmware:measure -- --write',
    () => {
      expect(grown(figures, rows)).toEqual([]);
    },
  );

  it('is measured without the yardstick giving another result than the core on any input', () => {
    expect(rows.filter(({ name }) => name.endsWith('.native')).length).toBeGreaterThan(15);
  });

  it('stays within each budget that was reached when the figures were recorded, whatever the compiler', () => {
    const limits = new Map(
      figures.rows.map(({ name, limit, value }) => [name, limit !== null && value <= limit ? limit : Infinity]),
    );
    // Near a budget another compiler may be on the other side of it.
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

  it('show every budget that is missed as missed', () => {
    const missed = figures.rows.filter(({ value, limit }) => limit !== null && value > limit);
    const text = table(figures);
    for (const { value } of missed) expect(text).toContain(`**${value.toLocaleString('en-US')}**`);
  });
});

describe('a figure', () => {
  const [first, ...rest] = figures.rows;
  const changed = (by: number) => [{ ...first, value: first.value + by }, ...rest];

  it('that grows by the least is told with what was recorded', () => {
    expect(grown(figures, changed(1))).toEqual([
      `${first.name}: ${first.value + 1} ${first.unit}, recorded were ${first.value}`,
    ]);
  });

  it('may shrink', () => {
    expect(grown(figures, changed(-1))).toEqual([]);
  });

  it('is told when it is new or gone', () => {
    expect(grown(figures, rest)).toEqual([`${first.name}: is not measured any more`]);
    expect(grown({ ...figures, rows: rest }, figures.rows)).toEqual([
      `${first.name}: ${first.value} ${first.unit}, not recorded yet`,
    ]);
  });

  it('of another compiler is not compared, which is said with both versions', () => {
    expect(otherVersions(figures, figures.versions)).toBeUndefined();
    expect(otherVersions(figures, { ...figures.versions, gcc: '99.1.0' })).toContain(
      `gcc 99.1.0 in the place of ${figures.versions.gcc}`,
    );
  });
});
