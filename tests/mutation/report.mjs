// The score, and what survived, against the list of those that change nothing that a caller can see.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/root.mjs';

const FILE = 'tests/mutation/survivors.json';
const TARGET = 0.9;

/** Keys of survivors.json to their kinds: "equivalent", or "open" for what no test kills yet. */
function listed() {
  const { survivors } = JSON.parse(readFileSync(join(root, FILE), 'utf8'));
  return new Map(survivors.flatMap(({ kind, keys, reason }) => keys.map((key) => [key, { kind, reason }])));
}

const known = listed();

/** Whether the list has it among those that change nothing that a caller can see. */
export const isEquivalent = (key) => known.get(key)?.kind === 'equivalent';

const count = (list, of) => list.filter(of).length;

export function reportOf(results, { isWhole, all, cases, seconds }) {
  const survivors = results.filter(({ how, invalid }) => !how && !invalid);
  const equivalent = count(survivors, ({ key }) => known.get(key)?.kind === 'equivalent');
  const killed = count(results, ({ how }) => how);
  const score = killed / (killed + survivors.length - equivalent);
  const tried = new Map(results.map((result) => [result.key, result]));
  const stale = [...known.keys()].filter((key) => (tried.has(key) ? tried.get(key).how : isWhole));
  return {
    mutants: all,
    tried: results.length,
    cases,
    seconds: Math.round(seconds),
    killed,
    by: Object.fromEntries(
      ['assertion', 'trap', 'fuel', 'timeout'].map((how) => [how, count(results, (result) => result.how === how)]),
    ),
    invalid: count(results, ({ invalid }) => invalid),
    equivalent,
    survived: survivors.length - equivalent,
    score: Math.round(score * 10_000) / 100,
    isGood: score >= TARGET && stale.length === 0,
    stale,
    survivors: survivors
      .filter(({ key }) => known.get(key)?.kind !== 'equivalent')
      .map(({ key, place, change }) => ({ key, ...place, change, reason: known.get(key)?.reason })),
  };
}

export function textOf(report) {
  const { tried, mutants, seconds, killed, by, equivalent, survived, score, survivors, stale, cases } = report;
  const line = ({ function: name, file, line, text, change, reason }) =>
    `  ${file ?? name}${file ? `:${line}` : ''} (${name}): ${change}${text ? `\n      ${text}` : ''}${reason ? `\n      ${reason}` : ''}`;
  return [
    ...(survivors.length > 0 ? ['No test fails when', ...survivors.map(line), ''] : []),
    ...(stale.length > 0 ? [`${FILE} lists what a test kills, or what is not there:`, ...stale, ''] : []),
    `${tried} of ${mutants} mutants tried with ${cases} cases in ${seconds} s`,
    `${killed} killed (${by.assertion} by an assertion, ${by.trap} by a trap, ${by.fuel} out of fuel, ${by.timeout} without an answer)`,
    `${equivalent} change nothing that a caller can see, ${survived} survived`,
    `score ${score} %`,
    '',
  ].join('\n');
}
