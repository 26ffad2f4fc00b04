// npm run coverage:core: which lines and branches of the core the vectors run, and which the vectors and the fuzz corpus together.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand } from '../../tools/command.js';
import { root } from '../../tools/root.js';
import { readModule } from '../mutation/wasm/module.js';
import { findPlaces } from '../mutation/wasm/places.js';
import { type Counts, type MissedBranch, readCounts } from './counts.js';
import { Programs } from './programs.js';

const HELP = `Usage: npm run coverage:core [-- --json | --help]

Translates build/core.wasm with wasm2c, compiles it with counters (gcc --coverage), and makes the calls of all vectors of
tests/vectors; then it runs the seeds of tests/fuzz/corpus. Counted are the lines and branches of the core's own functions.
Ends with code 1 when the vectors run less than 98 % of the lines, when vectors and corpus run less than 95 % of the branches,
or when tests/coverage/unreached.json has a reason for a branch that is taken; 2 is wrong usage. Needs gcc and wasm2c: npm run setup.

  --json   one JSON object on standard output

Example:
  npm run coverage:core -- --json | jq .vectors
`;

const TARGET = { lines: 98, branches: 95 };

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const percent = (missed: number, total: number): number => Math.floor((1 - missed / total) * 10_000) / 100;

/** Percentages. */
function figures({ total, missed }: Counts) {
  const lines = percent(missed.lines.length, total.lines);
  return { lines, branches: percent(missed.branches.length, total.branches) };
}

/** A branch in words. Its key names it as long as the function and the text of the line stay. */
function described({ function: name, place, way, c, number }: MissedBranch) {
  const text = place.text ?? c;
  return {
    key: `${name} | ${text} | way ${way}`,
    function: name,
    file: place.file,
    line: place.line,
    text,
    way,
    number,
  };
}

/** The missed branches with their known reasons, and the reasons that nothing needs. */
function explained(missed: Counts['missed']) {
  const file = join(root, 'tests/coverage/unreached.json');
  const reasons: { keys: string[]; reason: string }[] = JSON.parse(readFileSync(file, 'utf8')).unreached;
  const branches = missed.branches.map(described);
  const keys = new Set(branches.map(({ key }) => key));
  const reasonOf = new Map(reasons.flatMap(({ keys: list, reason }) => list.map((key) => [key, reason] as const)));
  return {
    branches: branches.map((branch) => ({ ...branch, reason: reasonOf.get(branch.key) })),
    stale: [...reasonOf.keys()].filter((key) => !keys.has(key)),
  };
}

/** @param first counts after the vectors; `second` those after the corpus too */
function reportOf(calls: number, inputs: number, first: Counts, second: Counts) {
  const [vectors, all] = [figures(first), figures(second)];
  const { branches: unreached, stale } = explained(second.missed);
  const isGood = vectors.lines >= TARGET.lines && all.branches >= TARGET.branches && stale.length === 0;
  return { isGood, total: first.total, calls, inputs, vectors, all, unreached, stale };
}

type Report = ReturnType<typeof reportOf>;

function textOf({ calls, inputs, total, vectors, all, unreached, stale }: Report): string {
  const line = ({ function: name, file, line: number, text, way, reason }: Report['unreached'][number]) =>
    `  ${file ?? name}${file ? `:${number}` : ''} (${name}), way ${way}: ${text}\n      ${reason ?? 'no reason is known'}`;
  return [
    ...(unreached.length > 0 ? ['Branches that nothing takes:', ...unreached.map(line), ''] : []),
    ...(stale.length > 0
      ? ['tests/coverage/unreached.json has a reason for branches that are taken:', ...stale, '']
      : []),
    `${total.lines} lines and ${total.branches} branches in the translation of build/core.wasm`,
    `vectors, ${calls} calls:              ${vectors.lines} % of lines, ${vectors.branches} % of branches`,
    `vectors and corpus, ${inputs} inputs:  ${all.lines} % of lines, ${all.branches} % of branches`,
    '',
  ].join('\n');
}

/** Measures; the exit code. */
async function cover(isJson: boolean): Promise<number> {
  process.env.WASMQTT_CORE = 'small';
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-coverage-'));
  try {
    const module = readModule(readFileSync(join(root, 'build/core.wasm')));
    const places = await findPlaces(module);
    say('The core is translated and compiled, and the vectors are run ...');
    const programs = new Programs(folder);
    const calls = await programs.runVectors();
    const first = readCounts(folder, module, places);
    say('The fuzz corpus is run ...');
    const inputs = programs.runCorpus();
    const second = readCounts(folder, module, places);
    const report = reportOf(calls, inputs, first, second);
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : textOf(report));
    return report.isGood ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runCommand('coverage', () => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (!values.help) return cover(values.json);
  process.stdout.write(HELP);
  return 0;
});
