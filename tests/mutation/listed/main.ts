// npm run mutation:listed: gives each mutant that is listed as equivalent the same calls as the unchanged core, and compares the results.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, UsageError, wholeNumber } from '../../../tools/command.js';
import { root } from '../../../tools/root.js';
import { isListed, listedReason } from '../core/report.js';
import { readModule } from '../wasm/module.js';
import { described, findPlaces, type PlacedMutant } from '../wasm/places.js';
import { Mutants } from '../wasm/probes.js';
import { Random } from './changes.js';
import { inputs, randomInput } from './inputs.js';
import { type Twin, Twins } from './twins.js';

const HELP = `Usage: npm run mutation:listed -- [options]

Checks tests/mutation/equivalent by machine. Each mutant that is listed there and the unchanged core get the same calls on the same
memory: all seeds of tests/fuzz/corpus, all vectors of tests/vectors, and both with something changed at random. After each call
the results and the whole memory of the caller are compared, except what assembly/abi leaves open.
Ends with code 1 when a mutant differs: a caller can see it, and it does not belong on the list. 2 is wrong usage.

  --only TEXT     mutants whose function, line or change contains this
  --inputs N      the number of random inputs; the default is 2000
  --seed S        of these; by default another one each time, which is printed
  --json          one JSON object on standard output
  --help          this text

Examples:
  npm run mutation:listed
  npm run mutation:listed -- --only der/order --inputs 20000
  npm run mutation:listed -- --inputs 0 --json
  npm run mutation:listed -- --seed 7
`;

/** Few calls reach a mutant below this number: the report names it. */
const RARE = 50;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      inputs: { type: 'string', default: '2000' },
      seed: { type: 'string' },
    },
  });
  const { seed } = values;
  return {
    ...values,
    inputs: wholeNumber('inputs', values.inputs, 0),
    seed: seed === undefined ? 1 + Math.floor(Math.random() * 0x7fff_ffff) : wholeNumber('seed', seed, 0),
  };
}

type Options = ReturnType<typeof readOptions>;

/** Makes the calls of all inputs; returns the mutants with what differs. */
async function compare(options: Options): Promise<Twins<PlacedMutant>> {
  const start = performance.now();
  const module = readModule(readFileSync(join(root, 'build/core.wasm')));
  const mutants = new Mutants(module);
  const all = described(mutants.list, await findPlaces(module));
  const list = all.filter(({ key }) => isListed(key) && key.includes(options.only));
  if (list.length === 0) throw new UsageError(`no listed mutant has "${options.only}" in its name`);
  const twins = new Twins(mutants, list);
  for (const input of inputs) input.run(twins);
  say(`${inputs.length} seeds and vectors, ${twins.calls} calls, ${Math.round((performance.now() - start) / 1000)} s`);
  const random = new Random(options.seed);
  for (let left = options.inputs; left > 0; left--) randomInput(random).run(twins);
  return twins;
}

function reportOf(twins: Twins<PlacedMutant>, options: Options, seconds: number) {
  const keyed = ({ mutant: { key } }: Twin<PlacedMutant>) => ({ key, reason: listedReason(key) });
  const counts = twins.all.map(({ calls }) => calls).sort((a, b) => a - b);
  return {
    mutants: twins.all.length,
    inputs: inputs.length + options.inputs,
    calls: twins.calls,
    seed: options.seed,
    seconds: Math.round(seconds),
    reached: { least: counts[0], median: counts[counts.length >> 1], most: counts[counts.length - 1] },
    rare: twins.all
      .filter(({ calls, seen }) => calls < RARE && !seen)
      .map(({ mutant, calls }) => ({ key: mutant.key, calls })),
    differing: twins.all.flatMap((one) => (one.seen ? [{ ...keyed(one), ...one.seen }] : [])),
    inWorkingMemory: twins.all.flatMap((one) => (one.working && !one.seen ? [{ ...keyed(one), ...one.working }] : [])),
  };
}

type Report = ReturnType<typeof reportOf>;

const seenText = ({ key, reason, call, what, source, input }: Report['differing'][number]): string =>
  [key, `    listed because ${reason}`, `    ${source}: ${call}`, `    ${what}`, `    input ${input}`, ''].join('\n');

function textOf(report: Report): string {
  const { mutants, calls, inputs: tried, seed, reached, rare, differing, inWorkingMemory, seconds } = report;
  return [
    ...differing.map(seenText),
    ...(rare.length > 0
      ? [`Fewer than ${RARE} calls reach`, ...rare.map(({ key, calls: n }) => `  ${n}: ${key}`), '']
      : []),
    `${mutants} mutants, ${calls} calls of ${tried} inputs (seed ${seed}) in ${seconds} s`,
    `each was called ${reached.least} to ${reached.most} times, half of them over ${reached.median} times`,
    `${inWorkingMemory.length} leave other things in working memory, ${differing.length} differ where a caller can see it`,
    '',
  ].join('\n');
}

await runCommand('mutation:listed', async () => {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  say(`seed ${options.seed}`);
  const start = performance.now();
  const twins = await compare(options);
  const report = reportOf(twins, options, (performance.now() - start) / 1000);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  return report.differing.length > 0 ? 1 : 0;
});
