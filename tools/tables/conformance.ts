// Counts the statements of MQTT that tests cover, from tests/conformance.
//   node tools/tables/conformance.ts            prints the table for README.md
//   node tools/tables/conformance.ts --json     prints the counts
//   node tools/tables/conformance.ts --write    puts the table into README.md, between its markers
//   node tools/tables/conformance.ts --record   makes the counts of today the ones that must be kept
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

const folder = join(root, 'tests/conformance');
const roles = ['codec', 'session', 'broker'];
const versions = ['mqtt-5', 'mqtt-3.1.1'];
const titles = { 'mqtt-5': 'MQTT 5.0', 'mqtt-3.1.1': 'MQTT 3.1.1' };
const START = '<!-- conformance -->';
const END = '<!-- /conformance -->';

/** How many statements there are, and of each kind; for each role how many bind it and are tested for it. */
function countsOf(version) {
  const { statements } = JSON.parse(readFileSync(join(folder, `${version}.json`), 'utf8'));
  const count = (test) => statements.filter(test).length;
  const counts = {
    statements: statements.length,
    tested: count(({ status }) => status === 'tested'),
    open: count(({ status }) => status === 'open'),
    nobody: count(({ binds }) => binds.includes('nobody')),
    caller: count(({ binds }) => binds.includes('caller')),
  };
  for (const role of roles) {
    counts[role] = {
      bound: count(({ binds }) => binds.includes(role)),
      tested: count(({ tests }) => tests?.[role]?.length > 0),
    };
  }
  return counts;
}

function table(counts) {
  const cell = ({ tested, bound }) => `${tested} of ${bound}`;
  const lines = [
    '| Standard | statements | tested | open | bind nobody here | bind the caller too | codec | session | broker |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const version of versions) {
    const { statements, tested, open, nobody, caller, ...byRole } = counts[version];
    const cells = [
      titles[version],
      statements,
      tested,
      open,
      nobody,
      caller,
      ...roles.map((role) => cell(byRole[role])),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return [START, ...lines, END].join('\n');
}

function writeReadme(block) {
  const file = join(root, 'README.md');
  const text = readFileSync(file, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`README.md has no lines "${START}" and "${END}" to write between`);
  writeFileSync(file, text.slice(0, start) + block + text.slice(end + END.length));
}

const counts = Object.fromEntries(versions.map((version) => [version, countsOf(version)]));
const [mode, ...others] = process.argv.slice(2);
if (others.length > 0 || ![undefined, '--json', '--write', '--record'].includes(mode)) {
  console.error('usage: node tools/tables/conformance.ts [--json | --write | --record]');
  process.exitCode = 2;
} else if (mode === '--json') console.log(JSON.stringify(counts));
else if (mode === '--write') writeReadme(table(counts));
else if (mode === '--record') writeFileSync(join(folder, 'baseline.json'), `${JSON.stringify(counts, null, 2)}\n`);
else console.log(table(counts));
