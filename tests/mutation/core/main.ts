// npm run mutation: makes one instruction of build/core.wasm wrong at a time and expects a test to fail.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../../../tools/root.js';
import { readModule } from '../wasm/module.js';
import { described, findPlaces } from '../wasm/places.js';
import { Mutants } from '../wasm/probes.js';
import { measure, tryAll } from './pool.js';
import { isListed, reportOf, textOf } from './report.js';
import { makeSuites } from './suites.js';

const HELP = `Usage: npm run mutation -- [options]

Makes one instruction of build/core.wasm wrong at a time and expects a test of the project to fail. Vectors and specs come first,
and what survives them is tried with all other tests. Ends with code 1 when the score is below 90 %, or when
tests/mutation/equivalent lists what a test kills. What came of each mutant: build/mutation.json.

  --only TEXT     mutants of functions whose name contains this, for example der/time
  --seconds N     stop after so long
  --seed S        of the order in which mutants are tried; the default is 1
  --jobs N        processes; the default is 2
  --quick         with vectors and specs only, which kill nearly all
  --survivors     goes on with build/mutation.json of a run before on the same core: what it did not kill or try
  --json          one JSON object on standard output
  --help          this text

Examples:
  npm run mutation                                   all of them, in some 30 minutes
  npm run mutation -- --only mqtt/topics
  npm run mutation -- --seconds 60 --seed 7 --json
`;

const RESULTS = join(root, 'build/mutation.json');
/** Milliseconds of a processor. Cases that take longer come last, and those that take very long not at all. */
const LIMITS = { slow: 100, most: 500 };

const { values: options } = parseArgs({
  options: {
    ...{
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      survivors: { type: 'boolean' },
      quick: { type: 'boolean' },
    },
    ...{ only: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' }, jobs: { type: 'string' } },
  },
});

/** The turns in which cases are tried: vectors and specs first; what survives them, with all other tests, the slow ones last. */
const [FIRST, OTHERS] = [[0], [1, 2]];

const say = (text) => process.stderr.write(`${text}\n`);

/** A random order that is the same for the same seed. */
function shuffled(list, seed) {
  const result = [...list];
  let state = seed >>> 0 || 1;
  for (let at = result.length - 1; at > 0; at--) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const other = (state >>> 0) % (at + 1);
    [result[at], result[other]] = [result[other], result[at]];
  }
  return result;
}

/** What the run before found out, and does not have to be found out again, and the seconds that it took. */
function knownBefore(core) {
  if (!options.survivors) return { known: [], secondsBefore: 0 };
  const before = JSON.parse(readFileSync(RESULTS, 'utf8'));
  if (before.core !== core) throw new Error(`${RESULTS} is of another build/core.wasm: run without --survivors`);
  return { known: before.results.filter(({ how }) => how), secondsBefore: before.seconds };
}

function chosen(list, known) {
  const keys = new Set(known.map(({ key }) => key));
  const result = list.filter(({ key, place }) => !keys.has(key) && place.function.includes(options.only ?? ''));
  return shuffled(result, Number(options.seed ?? 1));
}

async function main() {
  if (options.help) return process.stdout.write(HELP);
  const bytes = readFileSync(join(root, 'build/core.wasm'));
  const core = createHash('sha256').update(bytes).digest('hex');
  const module = readModule(bytes);
  const mutants = new Mutants(module);
  const { known, secondsBefore } = knownBefore(core);
  const list = chosen(described(mutants.list, await findPlaces(module)), known);
  if (list.length === 0) throw new Error('no mutant is of that name; names are like der/time/readTime');
  say('The tests are compiled, and run on the module as it is ...');
  const suites = await makeSuites();
  const request = { bytes: mutants.marked(), pieces: mutants.pieces, limits: LIMITS };
  const baseline = await measure(suites, request, () => {});
  const cases = baseline.flatMap((suite) => suite.cases);
  const failing = baseline.flatMap(({ file, cases: all }) =>
    all.filter(({ failure }) => failure).map(({ name, failure }) => `${file}: ${name}: ${failure}`),
  );
  if (failing.length > 0) throw new Error(`these fail on the module as it is:\n${failing.join('\n')}`);
  say(`${cases.length} cases, ${list.length} mutants`);

  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const results = [...known];
  const save = () => {
    if (options.only) return;
    writeFileSync(RESULTS, JSON.stringify({ core, seconds: secondsBefore + seconds(), results }, undefined, 1));
  };
  const isLate = () => seconds() > Number(options.seconds ?? Number.POSITIVE_INFINITY);
  const jobs = Number(options.jobs ?? 2);
  /** Tries each of these with the cases of some turns; `note` takes what came of it. */
  async function pass(tasks, turns, note) {
    let at = 0;
    const next = () => {
      if (at >= tasks.length || isLate()) return undefined;
      const task = tasks[at++];
      return { task, request: { bytes: mutants.mutated(task), piece: task.piece, turns } };
    };
    await tryAll(suites, baseline, jobs, next, note);
  }
  const left = [];
  await pass(list, FIRST, (mutant, result) => {
    const { place, key, change } = mutant;
    results.push({ key, change, place, ...result });
    if (!result.how && !result.invalid) left.push({ ...mutant, result: results.at(-1) });
    if (results.length % 200 !== 0) return;
    save();
    const killed = results.filter(({ how }) => how).length;
    say(
      `${results.length - known.length} of ${list.length} tried, ${killed} killed in all, ${Math.round(seconds())} s`,
    );
  });
  save();
  if (!options.quick) {
    say(`${left.length} survived the vectors and specs: they are tried with all other tests`);
    // Those that are listed come last: they are tried all the same, so that the lists are true.
    left.sort((a, b) => Number(isListed(a.key)) - Number(isListed(b.key)));
    let tried = 0;
    await pass(left, OTHERS, ({ result }, other) => {
      Object.assign(result, other);
      if (++tried % 50 !== 0) return;
      save();
      say(`${tried} of ${left.length} tried, ${left.filter(({ result: { how } }) => how).length} of them killed`);
    });
    save();
  }
  const isWhole = results.length === mutants.list.length;
  const report = reportOf(results, {
    isWhole,
    all: mutants.list.length,
    cases: cases.length,
    seconds: secondsBefore + seconds(),
  });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  process.exitCode = report.isGood ? 0 : 1;
}

main().catch((error) => {
  say(`mutation: ${error.message}`);
  process.exitCode = 1;
});
