// npm run docs: writes the generated parts of the documents, and the API reference.
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../command.js';
import { root } from '../root.js';
import { stalePages } from './api/declarations.js';
import { writeReference } from './api/write-reference.js';
import { isCurrent, writeBlock } from './blocks.js';
import { GENERATED_NAMES, generated } from './generated.js';
import { measureSpeed } from './measure-speed.js';
import { TRAP_TABLES, writeTrapTables } from './traps.js';

/** The API reference: whole documents. */
const API = 'api';
const NAMES = [...GENERATED_NAMES, ...Object.keys(TRAP_TABLES), API];

const HELP = `Writes the generated parts of the documents, which lie between <!-- name --> and <!-- /name -->, and docs/api.

npm run docs                         all but the speed table; the tables of traps run wasmqtt doctor, for about a minute
npm run docs -- --only NAME,NAME     only these: ${NAMES.join(', ')}
npm run docs -- --check              writes nothing; exit code 1 when a part is not what it would be. The tables of traps
                                     are left to the tests that make them
npm run docs -- --measure            also measures speed (npm run speed), for some minutes
`;

/** @throws UsageError for a part that does not exist; what parseArgs throws */
function parse() {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean' },
      measure: { type: 'boolean' },
      only: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const names = values.only?.split(',') ?? NAMES;
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) throw new UsageError(`there is no part ${unknown.join(', ')}; there are ${NAMES.join(', ')}`);
  return { ...values, names };
}

/** @returns the exit code */
function check(names: string[], withApi: boolean): number {
  const stale = generated(names).filter((block) => !isCurrent(block));
  for (const { name, file } of stale) console.log(`${file}: "${name}" is out of date; run npm run docs`);
  const pages = withApi ? stalePages() : [];
  for (const page of pages) console.log(`docs/api: the page of ${page} is out of date; run npm run docs`);
  return stale.length + pages.length === 0 ? 0 : 1;
}

function write(names: string[], traps: string[]): void {
  for (const block of generated(names)) {
    console.log(`${block.file}: "${block.name}" ${writeBlock(block) ? 'written' : 'unchanged'}`);
  }
  if (traps.length > 0) writeTrapTables(traps);
}

await runCommand('docs', async () => {
  const options = parse();
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  process.chdir(root);
  const names = options.names.filter((name) => GENERATED_NAMES.includes(name));
  const withApi = options.names.includes(API);
  if (options.check) return check(names, withApi);
  if (options.measure) measureSpeed();
  write(
    names,
    options.names.filter((name) => name in TRAP_TABLES),
  );
  if (withApi) await writeReference();
  return 0;
});
