// The score and the survivors, compared with the lists of mutants that change nothing that a caller can see.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';
import type { Place } from '../wasm/places.js';
import type { Trial } from './trial.js';

const FOLDER = 'tests/mutation/equivalent';
const TARGET = 0.9;

/** What came of one mutant. */
export interface Result extends Trial {
  key: string;
  change: string;
  place: Place;
}

/** Changes by "function | line". */
interface Group {
  reason: string;
  mutants: Record<string, string[]>;
}

/** The mutants that change nothing that a caller can see, from the lists of FOLDER: reasons by key. */
function listed(): Map<string, string> {
  const files = readdirSync(join(root, FOLDER)).filter((file) => file.endsWith('.json'));
  const groups: Group[] = files.flatMap((file) => JSON.parse(readFileSync(join(root, FOLDER, file), 'utf8')).groups);
  const entries = groups.flatMap(({ reason, mutants }) =>
    Object.entries(mutants).flatMap(([place, changes]) =>
      changes.map((change): [string, string] => [`${place} | ${change}`, reason]),
    ),
  );
  const keys = entries.map(([key]) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice) throw new Error(`${FOLDER} lists this twice: ${twice}`);
  return new Map(entries);
}

const known = listed();

/** Why a listed mutant changes nothing that a caller can see. */
export const listedReason = (key: string): string | undefined => known.get(key);

/** Whether the lists say that it changes nothing that a caller can see. */
export const isListed = (key: string): boolean => known.has(key);

/** Kinds of changes. */
const OPERATORS: readonly [string, RegExp][] = [
  ['constant', /\.const /],
  ['comparison', /\.(eq|ne|[lg][te]_[su]) to /],
  ['arithmetic', / to /],
  ['branch', /^(if|br_if) /],
  ['condition', /^(i\d\d\.eqz removed|select)/],
  ['store, copy or fill', /^(store|copy|fill) /],
  ['call', /^call /],
];

const operatorOf = ({ change }: Result): string => OPERATORS.find(([, pattern]) => pattern.test(change))![0];
const folderOf = ({ place }: Result): string =>
  place.function.startsWith('~') ? 'library' : place.function.split('/').slice(0, -2).join('/');

const percent = (part: number, all: number): number => Math.round((part / all) * 10_000) / 100;

export interface Counts {
  mutants: number;
  killed: number;
  equivalent: number;
  survived: number;
  /** Killed of all, in per cent. */
  raw: number;
  /** Killed of those that are not equivalent. */
  score: number;
}

function countsOf(results: readonly Result[]): Counts {
  const mutants = results.filter(({ invalid }) => !invalid);
  const killed = mutants.filter(({ how }) => how).length;
  const equivalent = mutants.filter(({ how, key }) => !how && known.has(key)).length;
  const survived = mutants.length - killed - equivalent;
  const [raw, score] = [percent(killed, mutants.length), percent(killed, killed + survived)];
  return { mutants: mutants.length, killed, equivalent, survived, raw, score };
}

/** The counts of each group. */
function groupsOf(results: readonly Result[], nameOf: (result: Result) => string): Record<string, Counts> {
  const names = [...new Set(results.map(nameOf))].sort();
  return Object.fromEntries(names.map((name) => [name, countsOf(results.filter((result) => nameOf(result) === name))]));
}

export interface Run {
  /** Whether every mutant was tried. */
  isWhole: boolean;
  /** How many there are. */
  all: number;
  cases: number;
  seconds: number;
}

export function reportOf(results: readonly Result[], { isWhole, all, cases, seconds }: Run) {
  const tried = new Map(results.map((result) => [result.key, result]));
  const stale = [...known.keys()].filter((key) => (tried.has(key) ? tried.get(key)?.how : isWhole));
  const counts = countsOf(results);
  const killedBy = (way: Trial['how']) => results.filter(({ how }) => how === way).length;
  return {
    all,
    tried: results.length,
    cases,
    seconds: Math.round(seconds),
    ...counts,
    by: {
      assertion: killedBy('assertion'),
      trap: killedBy('trap'),
      fuel: killedBy('fuel'),
      timeout: killedBy('timeout'),
    },
    operators: groupsOf(results, operatorOf),
    folders: groupsOf(results, folderOf),
    isGood: counts.score >= TARGET * 100 && stale.length === 0,
    stale,
    survivors: results
      .filter(({ how, invalid, key }) => !how && !invalid && !known.has(key))
      .map(({ key, place, change }) => ({ key, ...place, change })),
  };
}

export type Report = ReturnType<typeof reportOf>;

const line = (name: string, { mutants, killed, equivalent, survived, raw, score }: Counts): string =>
  [
    name.padEnd(20),
    ...[mutants, killed, equivalent, survived].map((n) => String(n).padStart(12)),
    ...[raw, score].map((n) => `${n.toFixed(2)} %`.padStart(12)),
  ].join('');

const HEAD = ['', 'mutants', 'killed', 'equivalent', 'survived', 'raw', 'score']
  .map((word, index) => (index === 0 ? word.padEnd(20) : word.padStart(12)))
  .join('');

export function textOf(report: Report): string {
  const { tried, all, seconds, by, survivors, stale, cases } = report;
  const survivor = ({ function: name, file, line: number, text, change }: Report['survivors'][number]) =>
    `  ${file ?? name}${file ? `:${number}` : ''} (${name}): ${change}${text ? `\n      ${text}` : ''}`;
  const rows = (groups: Record<string, Counts>) => Object.entries(groups).map(([name, counts]) => line(name, counts));
  return [
    ...(survivors.length > 0 ? ['No test fails when', ...survivors.map(survivor), ''] : []),
    ...(stale.length > 0 ? [`${FOLDER} lists mutants that a test kills, or that do not exist:`, ...stale, ''] : []),
    ...[HEAD, ...rows(report.operators), '', ...rows(report.folders), '', line('all', report), ''],
    `${tried} of ${all} mutants tried with ${cases} cases in ${seconds} s`,
    `killed ${by.assertion} by an assertion, ${by.trap} by a trap, ${by.fuel} out of fuel, ${by.timeout} without an answer`,
    `score ${report.raw} % of all, ${report.score} % of those that a caller can see`,
    '',
  ].join('\n');
}
