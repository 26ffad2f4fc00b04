import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { expect } from 'vitest';
import type { Finding } from '../../../../host/credentials/index.js';

/** A row of README's tables of traps: what somebody did, and what `wasmqtt doctor` said. */
export type Row = [did: string, finding: Finding];

/** What differs from run to run: ports, the folder, the device. */
const VOLATILE: [RegExp, string][] = [
  [/ --cloud \S+ --device-sid \S+/g, ''],
  [/localhost:\d+/g, 'localhost:8883'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell, as in the documents
  [/Devices\/UV\w{32}/g, 'Devices/${MV_DEVICE_SID}'],
];

function cells([did, { severity, trap, where, what, why, remedy }]: Row): string {
  let text = `**${severity}** ${where}: ${what} ${why} Mend: ${remedy}`;
  for (const [pattern, instead] of VOLATILE) text = text.replace(pattern, instead);
  return `| ${did} | \`${trap}\` | ${text.replaceAll('|', '\\|')} |`;
}

/**
 * Compares the table between two comments of README with what runs have said. The environment variable
 * WASMQTT_WRITE_README makes it write the table instead.
 */
export function expectReadmeTable(name: string, rows: readonly Row[]): void {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const readme = readFileSync('README.md', 'utf8');
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  expect(from, `README.md has a line ${start}`).toBeGreaterThanOrEqual(0);
  expect(to, `README.md has a line ${end} after it`).toBeGreaterThan(from);
  const table = ['| what was done | trap | what `doctor` says |', '| --- | --- | --- |', ...rows.map(cells)].join('\n');
  if (process.env.WASMQTT_WRITE_README) {
    writeFileSync('README.md', `${readme.slice(0, from)}${start}\n${table}\n${readme.slice(to)}`);
  } else {
    expect(readme.slice(from + start.length, to).trim()).toBe(table);
  }
}
