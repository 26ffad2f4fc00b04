// The score, and what survived, against the lists of those that change nothing that a caller can see.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../tools/root.js';

const FOLDER = 'tests/mutation/equivalent';
const TARGET = 0.9;

/** Keys of those that change nothing that a caller can see, from the lists of FOLDER, with the reason of each. */
function listed() {
  const files = readdirSync(join(root, FOLDER)).filter((file) => file.endsWith('.json'));
  const groups = files.flatMap((file) => JSON.parse(readFileSync(join(root, FOLDER, file), 'utf8')).groups);
  const entries = groups.flatMap(({ reason, mutants }) =>
    Object.entries(mutants).flatMap(([place, changes]) => changes.map((change) => [`${place} | ${change}`, reason])),
  );
  const keys = entries.map(([key]) => key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice) throw new Error(`${FOLDER} lists this twice: ${twice}`);
  return new Map(entries);
}

const known = listed();

/** Why it changes nothing that a caller can see; undefined when the lists do not have it. */
export const reasonOf = (key) => known.get(key);

/** Whether the lists have it among those that change nothing that a caller can see. */
export const isListed = (key) => known.has(key);

/** What kind of change a mutant is. */
const OPERATORS = [
  ['constant', /\.const /],
  ['comparison', /\.(eq|ne|[lg][te]_[su]) to /],
  ['arithmetic', / to /],
  ['branch', /^(if|br_if) /],
  ['condition', /^(i\d\d\.eqz removed|select)/],
  ['store, copy or fill', /^(store|copy|fill) /],
  ['call', /^call /],
];

const operatorOf = ({ change }) => OPERATORS.find(([, pattern]) => pattern.test(change))[0];
const folderOf = ({ place }) =>
  place.function.startsWith('~') ? 'library' : place.function.split('/').slice(0, -2).join('/');

const percent = (part, all) => Math.round((part / all) * 10_000) / 100;

/** Mutants, killed, equivalent and survived, and both scores: of all, and of those that are not equivalent. */
function countsOf(results) {
  const mutants = results.filter(({ invalid }) => !invalid);
  const killed = mutants.filter(({ how }) => how).length;
  const equivalent = mutants.filter(({ how, key }) => !how && known.has(key)).length;
  const survived = mutants.length - killed - equivalent;
  const [raw, score] = [percent(killed, mutants.length), percent(killed, killed + survived)];
  return { mutants: mutants.length, killed, equivalent, survived, raw, score };
}

/** The counts of each group. */
function groupsOf(results, nameOf) {
  const names = [...new Set(results.map(nameOf))].sort();
  return Object.fromEntries(names.map((name) => [name, countsOf(results.filter((result) => nameOf(result) === name))]));
}

export function reportOf(results, { isWhole, all, cases, seconds }) {
  const tried = new Map(results.map((result) => [result.key, result]));
  const stale = [...known.keys()].filter((key) => (tried.has(key) ? tried.get(key).how : isWhole));
  const counts = countsOf(results);
  const ways = ['assertion', 'trap', 'fuel', 'timeout'];
  return {
    all,
    tried: results.length,
    cases,
    seconds: Math.round(seconds),
    ...counts,
    by: Object.fromEntries(ways.map((way) => [way, results.filter(({ how }) => how === way).length])),
    operators: groupsOf(results, operatorOf),
    folders: groupsOf(results, folderOf),
    isGood: counts.score >= TARGET * 100 && stale.length === 0,
    stale,
    survivors: results
      .filter(({ how, invalid, key }) => !how && !invalid && !known.has(key))
      .map(({ key, place, change }) => ({ key, ...place, change })),
  };
}

const line = (name, { mutants, killed, equivalent, survived, raw, score }) =>
  [
    name.padEnd(20),
    ...[mutants, killed, equivalent, survived].map((n) => String(n).padStart(12)),
    ...[raw, score].map((n) => `${n.toFixed(2)} %`.padStart(12)),
  ].join('');

const HEAD = ['', 'mutants', 'killed', 'equivalent', 'survived', 'raw', 'score']
  .map((word, index) => (index === 0 ? word.padEnd(20) : word.padStart(12)))
  .join('');

export function textOf(report) {
  const { tried, all, seconds, by, survivors, stale, cases } = report;
  const survivor = ({ function: name, file, line: number, text, change }) =>
    `  ${file ?? name}${file ? `:${number}` : ''} (${name}): ${change}${text ? `\n      ${text}` : ''}`;
  const rows = (groups) => Object.entries(groups).map(([name, counts]) => line(name, counts));
  return [
    ...(survivors.length > 0 ? ['No test fails when', ...survivors.map(survivor), ''] : []),
    ...(stale.length > 0 ? [`${FOLDER} lists what a test kills, or what is not there:`, ...stale, ''] : []),
    ...[HEAD, ...rows(report.operators), '', ...rows(report.folders), '', line('all', report), ''],
    `${tried} of ${all} mutants tried with ${cases} cases in ${seconds} s`,
    `killed ${by.assertion} by an assertion, ${by.trap} by a trap, ${by.fuel} out of fuel, ${by.timeout} without an answer`,
    `score ${report.raw} % of all, ${report.score} % of those that a caller could see`,
    '',
  ].join('\n');
}
