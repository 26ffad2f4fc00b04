// npm run speed:instructions: counts the instructions of what the core's TypeScript face does, in valgrind.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../../../tools/command.js';
import { root } from '../../../tools/root.js';
import { countInstructions, versions } from './count.js';
import { grownCounts, otherVersions, readInstructionFigures, writeInstructionFigures } from './figures.js';
import { WORKS } from './works.js';

const HELP = `Counts the instructions of Node for a packet that is decoded or encoded, or a text: the same on an idle machine and on a busy one.
Needs valgrind (npm run setup), and half a minute for each row.

npm run speed:instructions                  a line for each row; code 1 when one has grown by more than a hundredth
npm run speed:instructions -- --only TEXT   only rows whose names contain the text
npm run speed:instructions -- --write       records the counts in tests/bench/instructions/figures.json
`;

await runCommand('speed:instructions', async () => {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  process.chdir(root);
  const names = Object.keys(WORKS).filter((name) => name.includes(values.only ?? ''));
  if (names.length === 0) {
    throw new UsageError(
      `--only ${values.only}: no row has this in its name; there are ${Object.keys(WORKS).join(', ')}`,
    );
  }
  const now = versions();
  const rows = await countInstructions(names, (name) => process.stderr.write(`speed:instructions: ${name}\n`));
  for (const { name, value } of rows) console.log(`${name.padEnd(20)} ${String(value).padStart(8)}`);
  const figures = readInstructionFigures();
  if (values.write) {
    const others = figures.rows.filter(({ name }) => !names.includes(name) && name in WORKS);
    writeInstructionFigures({ versions: now, rows: [...others, ...rows] });
    return 0;
  }
  const other = otherVersions(figures, now);
  const complaints = other ? [other] : grownCounts(figures, rows);
  for (const complaint of complaints) console.error(`speed:instructions: ${complaint}`);
  return complaints.length === 0 ? 0 : 1;
});
