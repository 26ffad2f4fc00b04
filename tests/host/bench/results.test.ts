import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compareWith, type Result, readRun, saveRun } from '../../../host/bench/index.js';
import { resultOf } from '../../../host/bench/run-passes.js';
import { speedTable } from '../../../tools/tables/speed-table.js';

const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = { bench: 'encode.buffer.A', peer: 'mqtt-packet' };
const result = (...ratios: number[]): Result =>
  resultOf(
    row,
    ratios.map((ratio) => ({ ours: 100, peer: 100 * ratio })),
  );

describe('the result of a row', () => {
  it('has the middle of its passes, how far they lie apart, and what is to be reached', () => {
    expect(result(5, 5.2, 4.9, 5.1)).toEqual({
      ...row,
      ours_ns: 100,
      peer_ns: 505,
      ratio: 5.05,
      spread: 0.059,
      halves: [5.1, 5],
      agree: true,
      target: 5.5,
    });
  });

  it('says so in the table when the halves of the run disagree', () => {
    const line = (...ratios: number[]) =>
      speedTable([result(...ratios)], new Date(0))
        .split('\n')
        .at(-1);
    expect(line(6, 6, 6, 6)).toBe('| `encode.buffer.A` | mqtt-packet | 100 | 600 | 6 | 0 % | 5.5 | reached |');
    expect(line(5, 5.2, 6, 6.2)).toMatch(/\| 22 % \| 5.5 \| reached, halves 5.1 and 6.1 \|$/);
  });
});

describe('a saved run', () => {
  const file = join(folder, 'run.json');
  saveRun(file, [result(5, 5.2, 4.9, 5.1)], new Date(0));

  it.each([
    ['the same when the spreads meet', [5.3, 5.5, 5.4, 5.4], 'same'],
    ['faster beyond them', [5.9, 5.9, 5.9, 5.9], 'faster'],
    ['slower beyond them', [4, 4, 4.1, 4], 'slower'],
  ])('finds a row %s', (_title, ratios, verdict) => {
    expect(compareWith(readRun(file), result(...ratios))).toEqual({ before: 5.05, verdict });
  });

  it('knows nothing of a row that it does not have', () => {
    expect(compareWith(readRun(file), { ...result(5, 5), peer: 'control' })).toBeUndefined();
  });

  it.each([
    ['no JSON', 'ratio', /JSON/],
    ['other JSON', '{"results":[{"bench":"a"}]}', /no run that wasmqtt bench --save has written/],
    ['nothing', 'null', /no run that/],
  ])('is refused when it is %s', (_title, text, message) => {
    writeFileSync(join(folder, 'bad.json'), text);
    expect(() => readRun(join(folder, 'bad.json'))).toThrow(message);
  });
});
