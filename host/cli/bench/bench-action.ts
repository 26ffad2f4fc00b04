import { appendFileSync } from 'node:fs';
import {
  allRows,
  type Comparison,
  compareWith,
  measureRow,
  measureRows,
  missingPeers,
  type Result,
  type Row,
  readRun,
  saveRun,
} from '../../bench/index.js';
import { reasonOf } from '../../node/reason.js';
import { coloursFor } from '../output/colours.js';
import { progress } from '../output/progress.js';
import { UserError } from '../process/user-error.js';
import { benchHeads, benchText } from './bench-table.js';

export interface BenchFlags {
  json?: boolean;
  filter?: string;
  broker?: boolean;
  /** Files of this run, and of one before. */
  save?: string;
  compare?: string;
  /** For the processes that it starts: the row that this one is to measure, and its peer. */
  row?: string;
}

/** `wasmqtt bench`. @throws UserError when no row is left, a file cannot be used, or a row cannot be measured */
export async function benchAction({ json, filter, save, compare, row }: BenchFlags): Promise<void> {
  if (row !== undefined) return measureAlone(row);
  const before = compare === undefined ? undefined : withFile('--compare', compare, () => readRun(compare));
  const rows = chosenRows(filter);
  // Now, not after minutes.
  if (save !== undefined) withFile('--save', save, () => appendFileSync(save, ''));
  const colours = coloursFor(process.stdout);
  if (!json) process.stdout.write(`${benchHeads}\n`);
  const results: Result[] = [];
  const verdicts: Comparison['verdict'][] = [];
  try {
    for await (const result of measureRows(rows, process.argv[1], progress)) {
      progress('');
      results.push(result);
      const comparison = before && compareWith(before, result);
      if (comparison) verdicts.push(comparison.verdict);
      process.stdout.write(
        `${json ? JSON.stringify({ ...result, ...comparison }) : benchText(result, comparison, colours)}\n`,
      );
    }
  } catch (error) {
    throw new UserError(`bench: ${reasonOf(error)}`);
  }
  if (save !== undefined) withFile('--save', save, () => saveRun(save, results, new Date()));
  if (compare !== undefined) process.stderr.write(`${sumOf(verdicts, results.length)} than in ${compare}\n`);
}

function sumOf(verdicts: readonly Comparison['verdict'][], rows: number): string {
  const count = (wanted: Comparison['verdict']) => verdicts.filter((verdict) => verdict === wanted).length;
  const words = `${count('same')} of ${rows} rows the same within their spreads`;
  return `${words}, ${rows - verdicts.length} new, ${count('faster')} faster and ${count('slower')} slower`;
}

/** @throws UserError that names option and file */
function withFile<Value>(option: string, file: string, use: () => Value): Value {
  try {
    return use();
  } catch (error) {
    throw new UserError(`${option} ${file}: ${reasonOf(error)}`);
  }
}

/** Rows with the text in their names, without those whose peers are not installed, which are named. @throws UserError when none is left */
function chosenRows(filter = ''): Row[] {
  const all = allRows();
  const chosen = all.filter(({ bench }) => bench.includes(filter));
  if (chosen.length === 0) {
    const names = [...new Set(all.map(({ bench }) => bench))].join(', ');
    throw new UserError(`--filter ${filter}: no row has this in its name; there are ${names}`);
  }
  const missing = missingPeers(new Set(chosen.map(({ peer }) => peer)));
  const install = `npm install --no-save ${missing.join(' ')}`;
  const left = chosen.filter(({ peer }) => !missing.includes(peer));
  if (left.length === 0) throw new UserError(`the peers are not installed; run "${install}" and try again`);
  if (missing.length > 0) process.stderr.write(`rows of peers that are not installed are left out: ${install}\n`);
  return left;
}

/** Measures one row in this process. @throws UserError when there is none */
async function measureAlone(name: string): Promise<void> {
  const row = allRows().find(({ bench, peer }) => `${bench} ${peer}` === name);
  if (!row) throw new UserError(`--row ${name}: there is no such row`);
  process.stdout.write(`${JSON.stringify(await measureRow(row))}\n`);
}
