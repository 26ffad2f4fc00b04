// npm run firmware:measure: what the core costs on an emulated Cortex-M33; see tests/bench/firmware.
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Variant } from '../../tests/bench/firmware/build.js';
import type { Figures } from '../../tests/bench/firmware/figures.js';
import * as bench from '../../tests/bench/firmware/index.js';
import type { Row } from '../../tests/bench/firmware/measure.js';
import { runCommand, UsageError } from '../command.js';
import { root } from '../root.js';
import { writeBlock } from '../tables/blocks.js';
import { generated } from '../tables/generated.js';

const HELP = `Counts instructions, flash and RAM of the core on an emulated Cortex-M33: interpreted by wasm3, translated by wasm2c
(AOT), and native C of the same strictness as the yardstick. Needs arm-none-eabi-gcc, qemu-system-arm and wasm2c (npm run setup).

npm run firmware:measure                          a table; code 1 when a figure is worse than the recorded one
npm run firmware:measure -- --json                each figure as {"name","value","unit","limit"} on a line
npm run firmware:measure -- --write               records the figures, and writes the tables of docs/firmware.md and README.md
npm run firmware:measure -- --profile hex.decode.1k --engine wasm3
                                                  where the instructions of one job go, function by function

  --json             one JSON object a line
  --write            records in tests/bench/firmware/figures.json what was measured, and writes the tables
  --profile JOB      the functions that a job spends its instructions in
  --engine ENGINE    for --profile: wasm3 (default), aot, aot-os or aot-os-mask (masked addresses)
  --help             this text
`;

const ENGINES: readonly string[] = ['wasm3', 'aot', 'aot-os', 'aot-os-mask'] satisfies Variant[];

const json = (value: object): void => console.log(JSON.stringify(value));
const progress = (line: string): void => {
  process.stderr.write(`firmware:measure: ${line}\n`);
};

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      profile: { type: 'string' },
      engine: { type: 'string', default: 'wasm3' },
    },
  });
  if (!ENGINES.includes(values.engine))
    throw new UsageError(`there is no engine ${values.engine}; there are ${ENGINES.join(', ')}`);
  return { ...values, engine: values.engine as Variant };
}

function showProfile(engine: Variant, job: string, asJson: boolean): void {
  for (const [name, value] of bench.profile(engine, job)) {
    if (asJson) json({ name, value, unit: 'instructions', limit: null });
    else console.log(`${String(value).padStart(9)} ${name}`);
  }
}

function show(rows: readonly Row[], recorded: Figures | undefined): void {
  const before = new Map(recorded?.rows.map(({ name, value }) => [name, value]));
  for (const { name, value, unit, limit } of rows) {
    const was = before.get(name);
    const change = was === undefined || was === value ? '' : `  was ${was}`;
    const budget = limit === null ? '' : value > limit ? `  missed: at most ${limit}` : `  at most ${limit}`;
    console.log(`${name.padEnd(32)}${String(value).padStart(10)} ${unit}${budget}${change}`);
  }
}

function write(figures: Figures): void {
  bench.writeFigures(figures);
  for (const block of generated(['firmware', 'headline'])) writeBlock(block);
}

/** Measures, shows and compares or records; the exit code. */
function measure(options: { json: boolean; write: boolean }): number {
  const versions = bench.versions();
  const rows = bench.measure(progress);
  const recorded = options.write ? undefined : bench.readFigures();
  if (options.json) rows.forEach(json);
  else show(rows, recorded);
  if (!recorded) {
    write({ versions, rows });
    return 0;
  }
  const other = bench.otherVersions(recorded, versions);
  if (other) {
    progress(other);
    return 0;
  }
  const worse = bench.grown(recorded, rows);
  for (const line of worse) progress(`worse: ${line}`);
  return worse.length === 0 ? 0 : 1;
}

await runCommand('firmware:measure', () => {
  const options = readOptions();
  process.chdir(root);
  if (options.help) process.stdout.write(HELP);
  else if (options.profile) showProfile(options.engine, options.profile, options.json);
  else return measure(options);
  return 0;
});
