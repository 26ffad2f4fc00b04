// npm run mutation: makes one instruction of build/core.wasm wrong at a time and expects a test to fail.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, UsageError, wholeNumber } from '../../../tools/command.js';
import { root } from '../../../tools/root.js';
import { readModule } from '../wasm/module.js';
import { described, findPlaces, type PlacedMutant } from '../wasm/places.js';
import { Mutants } from '../wasm/probes.js';
import { measure, type Task, tryAll } from './pool.js';
import { isListed, type Result, reportOf, textOf } from './report.js';
import { makeSuites } from './suites.js';
import type { Limits, MeasuredSuite, Suite, Trial, Turn } from './trial.js';

const HELP = `Usage: npm run mutation -- [options]

Makes one instruction of build/core.wasm wrong at a time and expects a test of the project to fail. Vectors and specs come first;
survivors are tried with all other tests. Ends with code 1 when the score is below 90 %, or when tests/mutation/equivalent
lists a mutant that a test kills; 2 is wrong usage. The result of each mutant: build/mutation.json.

  --only TEXT     mutants of functions whose name contains this, for example der/time
  --seconds N     stop after this time
  --seed S        of the order in which mutants are tried; the default is 1
  --jobs N        processes; the default is 2
  --quick         with vectors and specs only, which kill nearly all
  --survivors     continues build/mutation.json of an earlier run on the same core with what it did not kill or try
  --json          one JSON object on standard output
  --help          this text

Examples:
  npm run mutation                                   all of them, in about 30 minutes
  npm run mutation -- --only mqtt/topics
  npm run mutation -- --seconds 60 --seed 7 --json
`;

const RESULTS = join(root, 'build/mutation.json');
const LIMITS: Limits = { slow: 100, most: 500 };
/** Vectors and specs; for what survives these, all other tests, the slow ones last. */
const FIRST: readonly Turn[] = [0];
const OTHERS: readonly Turn[] = [1, 2];

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      survivors: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      jobs: { type: 'string', default: '2' },
    },
  });
  return {
    ...values,
    seconds: values.seconds === undefined ? Number.POSITIVE_INFINITY : wholeNumber('seconds', values.seconds, 0),
    seed: wholeNumber('seed', values.seed, 0),
    jobs: wholeNumber('jobs', values.jobs, 1),
  };
}

type Options = ReturnType<typeof readOptions>;

/** A random order that is the same for the same seed. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
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

/** What a run leaves in build/mutation.json. */
interface Saved {
  /** Hash of build/core.wasm. */
  core: string;
  seconds: number;
  results: Result[];
}

/** What the earlier run killed, and its seconds. */
function knownBefore(core: string, { survivors }: Options): Pick<Saved, 'seconds' | 'results'> {
  if (!survivors) return { results: [], seconds: 0 };
  const before: Saved = JSON.parse(readFileSync(RESULTS, 'utf8'));
  if (before.core !== core) throw new Error(`${RESULTS} is of another build/core.wasm: run without --survivors`);
  return { results: before.results.filter(({ how }) => how), seconds: before.seconds };
}

function chosen(list: readonly PlacedMutant[], known: readonly Result[], { only = '', seed }: Options): PlacedMutant[] {
  const keys = new Set(known.map(({ key }) => key));
  const result = list.filter(({ key, place }) => !keys.has(key) && place.function.includes(only));
  if (result.length === 0) throw new UsageError('no function has a name like this; names are like der/time/readTime');
  return shuffled(result, seed);
}

/** Runs all cases on the unchanged module, on which none may fail. */
async function measureAll(suites: Suite[], mutants: Mutants): Promise<MeasuredSuite[]> {
  const baseline = await measure(suites, { bytes: mutants.marked(), pieces: mutants.pieces, limits: LIMITS });
  const failing = baseline.flatMap(({ file, cases }) =>
    cases.flatMap(({ name, failure }) => (failure ? [`${file}: ${name}: ${failure}`] : [])),
  );
  if (failing.length > 0) throw new Error(`these fail on the module as it is:\n${failing.join('\n')}`);
  return baseline;
}

/** What a run works with. */
interface Given {
  options: Options;
  mutants: Mutants;
  /** Hash of the core. */
  core: string;
  before: Pick<Saved, 'seconds' | 'results'>;
  suites: Suite[];
  baseline: MeasuredSuite[];
}

/** One run over the chosen mutants. */
class MutationRun {
  readonly results: Result[];
  readonly #given: Given;
  readonly #start = performance.now();

  constructor(given: Given) {
    this.#given = given;
    this.results = [...given.before.results];
  }

  /** With those of the run before. */
  get seconds(): number {
    return this.#given.before.seconds + this.#ownSeconds;
  }

  get #ownSeconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  async run(list: readonly PlacedMutant[]): Promise<void> {
    const survivors = await this.#tryFirst(list);
    this.#save();
    if (this.#given.options.quick) return;
    say(`${survivors.length} survived the vectors and specs: they are tried with all other tests`);
    await this.#tryOthers(survivors);
    this.#save();
  }

  /** Tries vectors and specs; returns what survives. */
  async #tryFirst(list: readonly PlacedMutant[]) {
    const known = this.#given.before.results.length;
    const survivors: Survivor[] = [];
    await this.#pass(list, FIRST, (mutant, trial) => {
      const { place, key, change } = mutant;
      const result: Result = { key, change, place, ...trial };
      this.results.push(result);
      if (!result.how && !result.invalid) survivors.push({ mutant, result });
      if (this.results.length % 200 !== 0) return;
      this.#save();
      const killed = this.results.filter(({ how }) => how).length;
      const tried = this.results.length - known;
      say(`${tried} of ${list.length} tried, ${killed} killed in all, ${Math.round(this.#ownSeconds)} s`);
    });
    return survivors;
  }

  /** Tries all other tests. Listed mutants come last; they are tried all the same, so that the lists stay true. */
  async #tryOthers(survivors: Survivor[]): Promise<void> {
    survivors.sort((a, b) => Number(isListed(a.mutant.key)) - Number(isListed(b.mutant.key)));
    const results = new Map(survivors.map(({ mutant, result }) => [mutant, result]));
    let tried = 0;
    await this.#pass([...results.keys()], OTHERS, (mutant, trial) => {
      Object.assign(results.get(mutant)!, trial);
      if (++tried % 50 !== 0) return;
      this.#save();
      const killed = survivors.filter(({ result: { how } }) => how).length;
      say(`${tried} of ${survivors.length} tried, ${killed} of them killed`);
    });
  }

  async #pass(
    mutants: readonly PlacedMutant[],
    turns: readonly Turn[],
    onResult: (mutant: PlacedMutant, trial: Trial) => void,
  ): Promise<void> {
    let at = 0;
    const next = (): Task<PlacedMutant> | undefined => {
      if (at >= mutants.length || this.#ownSeconds > this.#given.options.seconds) return undefined;
      const task = mutants[at++];
      return { task, request: { bytes: this.#given.mutants.mutated(task), piece: task.piece, turns } };
    };
    const { suites, baseline, options } = this.#given;
    await tryAll({ suites, baseline, jobs: options.jobs, next, onResult });
  }

  #save(): void {
    if (this.#given.options.only) return;
    const saved: Saved = { core: this.#given.core, seconds: this.seconds, results: this.results };
    writeFileSync(RESULTS, JSON.stringify(saved, undefined, 1));
  }
}

interface Survivor {
  mutant: PlacedMutant;
  result: Result;
}

async function mutate(options: Options): Promise<number> {
  const bytes = readFileSync(join(root, 'build/core.wasm'));
  const core = createHash('sha256').update(bytes).digest('hex');
  const module = readModule(bytes);
  const mutants = new Mutants(module);
  const before = knownBefore(core, options);
  const list = chosen(described(mutants.list, await findPlaces(module)), before.results, options);
  say('The tests are compiled, and run on the module as it is ...');
  const suites = await makeSuites();
  const baseline = await measureAll(suites, mutants);
  const cases = baseline.flatMap((suite) => suite.cases).length;
  say(`${cases} cases, ${list.length} mutants`);
  const run = new MutationRun({ options, mutants, core, before, suites, baseline });
  await run.run(list);
  const { results, seconds } = run;
  const all = mutants.list.length;
  const report = reportOf(results, { isWhole: results.length === all, all, cases, seconds });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  return report.isGood ? 0 : 1;
}

await runCommand('mutation', () => {
  const options = readOptions();
  if (!options.help) return mutate(options);
  process.stdout.write(HELP);
  return 0;
});
