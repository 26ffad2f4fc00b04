import process from 'node:process';
import { expect } from 'vitest';
import type { Finding } from '../../../../host/credentials/index.js';
import { readBlock, writeBlock } from '../../../../tools/tables/blocks.js';

const DOCUMENT = 'docs/doctor.md';

/** A row of a table of traps: what somebody did, and what `wasmqtt doctor` said. */
export type Row = [did: string, finding: Finding];

/** What differs from run to run: ports, the folder, the device. */
const VOLATILE: [RegExp, string][] = [
  [/ --cloud \S+ --device-sid \S+/g, ''],
  [/localhost:\d+/g, 'localhost:8883'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:8883'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell, as in the documents
  [/Devices\/UV\w{32}/g, 'Devices/${MV_DEVICE_SID}'],
];

function cells([did, { severity, trap, where, what, why, remedy }]: Row): string {
  let text = `**${severity}** ${where}: ${what} ${why} Fix: ${remedy}`;
  for (const [pattern, instead] of VOLATILE) text = text.replace(pattern, instead);
  return `| ${did} | \`${trap}\` | ${text.replaceAll('|', '\\|')} |`;
}

/**
 * Compares a table of docs/doctor.md with what runs have said. `npm run docs` sets the environment variable
 * WASMQTT_WRITE_DOCS, which makes it write the table instead.
 */
export function expectTrapTable(name: string, rows: readonly Row[]): void {
  const table = ['| what was done | trap | what `doctor` says |', '| --- | --- | --- |', ...rows.map(cells)].join('\n');
  if (process.env.WASMQTT_WRITE_DOCS) writeBlock({ name, file: DOCUMENT, make: () => table });
  else expect(readBlock(DOCUMENT, name), 'run npm run docs').toBe(table);
}
