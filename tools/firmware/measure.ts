// npm run firmware:measure: what the core costs on an emulated Cortex-M33; see tests/bench/firmware.
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../root.js';
import { writeBlock } from '../tables/blocks.js';
import { generated } from '../tables/generated.js';

const HELP = `Counts instructions, flash and RAM of the core on an emulated Cortex-M33: interpreted by wasm3, translated by wasm2c
(AOT), and native C of the same strictness as the yardstick. Wants arm-none-eabi-gcc, qemu-system-arm and wasm2c (npm run setup).

npm run firmware:measure                          a table; code 1 when a figure is worse than the recorded one
npm run firmware:measure -- --json                each figure as {"name","value","unit","limit"} on a line
npm run firmware:measure -- --write               records the figures, and writes the tables of docs/firmware.md and README.md
npm run firmware:measure -- --profile hex.decode.1k --engine wasm3
                                                  where the instructions of one job go, function by function

  --json             one JSON object a line
  --write            records in tests/bench/firmware/figures.json what was measured, and writes the tables
  --profile JOB      the functions that a job spends its instructions in
  --engine ENGINE    for --profile: wasm3 (default), aot or aot-os
  --help             this text
`;

function options() {
  try {
    const boolean = { type: 'boolean', default: false };
    const text = { type: 'string' };
    const { values } = parseArgs({
      options: { json: boolean, write: boolean, help: boolean, profile: text, engine: { ...text, default: 'wasm3' } },
    });
    if (!['wasm3', 'aot', 'aot-os'].includes(values.engine)) throw new Error(`there is no engine ${values.engine}`);
    return values;
  } catch (error) {
    process.stderr.write(`firmware:measure: ${error.message}; see npm run firmware:measure -- --help\n`);
    return process.exit(2);
  }
}

/** The measuring is TypeScript, shared with the tests. */
async function load() {
  const outfile = join(root, 'build/bench/firmware.mjs');
  const entry = join(root, 'tests/bench/firmware/index.ts');
  const format = { bundle: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'warning' };
  await build({ entryPoints: [entry], outfile, ...format });
  return import(pathToFileURL(outfile).href);
}

const json = (value) => console.log(JSON.stringify(value));
const progress = (line) => process.stderr.write(`firmware:measure: ${line}\n`);

function showProfile({ profile }, { engine, profile: job, json: asJson }) {
  for (const [name, value] of profile(engine, job)) {
    if (asJson) json({ name, value, unit: 'instructions', limit: null });
    else console.log(`${String(value).padStart(9)} ${name}`);
  }
}

function show(rows, figures) {
  const before = new Map(figures?.rows.map(({ name, value }) => [name, value]));
  for (const { name, value, unit, limit } of rows) {
    const recorded = before.get(name);
    const change = recorded === undefined || recorded === value ? '' : `  was ${recorded}`;
    const budget = limit === null ? '' : value > limit ? `  missed: at most ${limit}` : `  at most ${limit}`;
    console.log(`${name.padEnd(32)}${String(value).padStart(10)} ${unit}${budget}${change}`);
  }
}

function write({ writeFigures }, figures) {
  writeFigures(figures);
  for (const block of generated(['firmware', 'headline'])) writeBlock(block);
}

async function main() {
  const given = options();
  if (given.help) return process.stdout.write(HELP);
  process.chdir(root);
  const bench = await load();
  if (given.profile) return showProfile(bench, given);
  const versions = bench.versions();
  const rows = bench.measure(progress);
  const recorded = given.write ? undefined : bench.readFigures();
  if (given.json) rows.forEach(json);
  else show(rows, recorded);
  if (given.write) return write(bench, { versions, rows });
  const other = bench.otherVersions(recorded, versions);
  if (other) return progress(other);
  const worse = bench.grown(recorded, rows);
  for (const line of worse) progress(`worse: ${line}`);
  process.exitCode = worse.length === 0 ? 0 : 1;
}

main().catch((error) => {
  process.stderr.write(`firmware:measure: ${error.message}\n`);
  process.exitCode = 1;
});
