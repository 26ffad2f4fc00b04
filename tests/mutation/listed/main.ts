// npm run mutation:listed: gives each mutant that is listed as equivalent the same calls as the unchanged core, and compares what comes of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../../../tools/root.js';
import { isListed, reasonOf } from '../core/report.js';
import { readModule } from '../wasm/module.js';
import { described, findPlaces } from '../wasm/places.js';
import { Mutants } from '../wasm/probes.js';
import { Random } from './changes.js';
import { inputs, randomInput } from './inputs.js';
import { Twins } from './twins.js';

const HELP = `Usage: npm run mutation:listed -- [options]

A second reading of tests/mutation/equivalent by machine: each mutant that is listed there is put beside the unchanged core, and
both get the same calls, from the same memory: all seeds of tests/fuzz/corpus, all vectors of tests/vectors, and both with something
changed at random. Results and the whole memory of the caller are compared after each call, but for what assembly/abi leaves open.
Ends with code 1 when a mutant differs: a caller can see it, and it does not belong on the list. 2 is wrong usage.

  --only TEXT     mutants whose function, line or change contains this
  --inputs N      so many inputs at random; the default is 2000
  --seed S        of these; the default is another one each time, which is printed
  --json          one JSON object on standard output
  --help          this text

Examples:
  npm run mutation:listed
  npm run mutation:listed -- --only der/order --inputs 20000
  npm run mutation:listed -- --inputs 0 --json
  npm run mutation:listed -- --seed 7
`;

/** What is called less often than this is named: little was tried with it. */
const RARE = 50;

const say = (text) => process.stderr.write(`${text}\n`);

function number(text, otherwise) {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${text} is no number`);
  return value;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      ...{ help: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string', default: '' } },
      ...{ inputs: { type: 'string' }, seed: { type: 'string' } },
    },
  });
  return values;
}

const seenText = ({ key, reason, call, what, source, input }) =>
  [key, `    listed because ${reason}`, `    ${source}: ${call}`, `    ${what}`, `    input ${input}`, ''].join('\n');

function textOf({ mutants, calls, inputs: tried, seed, reached, rare, differing, inWorkingMemory, seconds }) {
  return [
    ...differing.map(seenText),
    ...(rare.length > 0
      ? [`Less than ${RARE} calls reach`, ...rare.map(({ key, calls: n }) => `  ${n}: ${key}`), '']
      : []),
    `${mutants} mutants, ${calls} calls of ${tried} inputs (seed ${seed}) in ${seconds} s`,
    `each was called ${reached.least} to ${reached.most} times, half of them over ${reached.median} times`,
    `${inWorkingMemory.length} leave other things in working memory, ${differing.length} differ where a caller can see it`,
    '',
  ].join('\n');
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const start = performance.now();
  const seed = number(options.seed, 1 + Math.floor(Math.random() * 0x7fff_ffff));
  const many = number(options.inputs, 2000);
  say(`seed ${seed}`);
  const module = readModule(readFileSync(join(root, 'build/core.wasm')));
  const mutants = new Mutants(module);
  const all = described(mutants.list, await findPlaces(module));
  const list = all.filter(({ key }) => isListed(key) && key.includes(options.only));
  if (list.length === 0) throw new Error(`no listed mutant has "${options.only}" in its name`);
  const twins = new Twins(mutants, list);
  for (const input of inputs) input.run(twins);
  say(`${inputs.length} seeds and vectors, ${twins.calls} calls, ${Math.round((performance.now() - start) / 1000)} s`);
  const random = new Random(seed);
  for (let left = many; left > 0; left--) randomInput(random).run(twins);

  const keyed = (one) => ({ key: one.mutant.key, reason: reasonOf(one.mutant.key) });
  const counts = twins.all.map(({ calls }) => calls).sort((a, b) => a - b);
  const report = {
    mutants: list.length,
    inputs: inputs.length + many,
    calls: twins.calls,
    seed,
    seconds: Math.round((performance.now() - start) / 1000),
    reached: { least: counts[0], median: counts[counts.length >> 1], most: counts.at(-1) },
    rare: twins.all
      .filter(({ calls, seen }) => calls < RARE && !seen)
      .map(({ mutant, calls }) => ({ key: mutant.key, calls })),
    differing: twins.all.filter(({ seen }) => seen).map((one) => ({ ...keyed(one), ...one.seen })),
    inWorkingMemory: twins.all
      .filter(({ seen, working }) => working && !seen)
      .map((one) => ({ ...keyed(one), ...one.working })),
  };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  process.exitCode = report.differing.length > 0 ? 1 : 0;
}

main().catch((error) => {
  say(`mutation:listed: ${error.message}`);
  process.exitCode = 2;
});
