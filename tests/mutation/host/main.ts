// npm run mutation:host: has Stryker make host/core and host/mqtt-packet wrong, one place at a time, and expects a test to fail.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { root } from '../../../tools/root.js';
import config from './stryker-options.js';

const HELP = `Usage: npm run mutation:host -- [options]

Makes one place of the sources in host/core and host/mqtt-packet wrong at a time and expects a test of theirs to fail. Ends with
code 1 when the score is below 80 %, or when tests/mutation/survivors-host.json calls equivalent what a test kills. What came of
each mutant: build/mutation-host.json.

  --only TEXT[,TEXT]  mutants of files whose name contains one of these
  --jobs N            processes; the default is 2
  --json              one JSON object on standard output
  --help              this text

Examples:
  npm run mutation:host                              all of them
  npm run mutation:host -- --only hex,topics
  npm run mutation:host -- --only session --json
`;

const RESULTS = 'build/mutation-host.json';
const LIST = 'tests/mutation/survivors-host.json';
const TARGET = 80;
const LONGEST = 100;

const { values: options } = parseArgs({
  options: {
    ...{ help: { type: 'boolean' }, json: { type: 'boolean' } },
    ...{ only: { type: 'string' }, jobs: { type: 'string' } },
  },
});

const short = (text) => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);

/** The mutants of a run with their keys. A key names a mutant as long as the text of its line stays. */
function described(results) {
  const lines = new Map();
  const seen = new Map();
  const inOrder = results.toSorted((a, b) => Number(a.id) - Number(b.id));
  return inOrder.map(({ fileName, status, location, replacement }) => {
    const file = relative(root, fileName);
    if (!lines.has(file)) lines.set(file, readFileSync(join(root, file), 'utf8').split('\n'));
    const { start, end } = location;
    const [first, ...others] = lines.get(file).slice(start.line - 1, end.line);
    const was =
      others.length === 0
        ? first.slice(start.column - 1, end.column - 1)
        : [first.slice(start.column - 1), ...others.slice(0, -1), others.at(-1).slice(0, end.column - 1)].join(' ');
    const change = `${short(was)} to ${short(replacement)}`;
    const key = `${file.slice('host/'.length)} | ${short(first)} | ${change}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return {
      key: count === 1 ? key : `${key} | ${count}`,
      ...{ file, line: start.line, change, status },
      isKilled: status === 'Killed' || status === 'Timeout',
    };
  });
}

const percent = (part, whole) => (whole === 0 ? 100 : Math.round((part / whole) * 10_000) / 100);

function tally(list, known) {
  const killed = list.filter(({ isKilled }) => isKilled).length;
  const equivalent = list.filter(({ key, isKilled }) => !isKilled && known.get(key)?.kind === 'equivalent').length;
  const survived = list.length - killed - equivalent;
  return { killed, equivalent, survived, score: percent(killed, killed + survived) };
}

function reportOf(results, isWhole) {
  const { survivors } = JSON.parse(readFileSync(join(root, LIST), 'utf8'));
  const known = new Map(survivors.flatMap(({ kind, reason, keys }) => keys.map((key) => [key, { kind, reason }])));
  const tried = results.filter(({ status }) => status !== 'Ignored' && status !== 'CompileError');
  const byKey = new Map(tried.map((one) => [one.key, one]));
  const isStale = ([key, { kind }]) => (byKey.has(key) ? byKey.get(key).isKilled && kind === 'equivalent' : isWhole);
  const stale = [...known].filter(isStale).map(([key]) => key);
  const files = [...new Set(tried.map(({ file }) => file))].sort();
  const all = tally(tried, known);
  return {
    mutants: tried.length,
    ignored: results.length - tried.length,
    ...all,
    isGood: all.score >= TARGET && stale.length === 0,
    files: Object.fromEntries(
      files.map((file) => [
        file,
        tally(
          tried.filter((one) => one.file === file),
          known,
        ),
      ]),
    ),
    stale,
    survivors: tried
      .filter(({ key, isKilled }) => !isKilled && known.get(key)?.kind !== 'equivalent')
      .map(({ isKilled, ...one }) => ({ ...one, reason: known.get(one.key)?.reason })),
  };
}

function textOf({ mutants, ignored, killed, equivalent, survived, score, files, stale, survivors }) {
  const line = ({ file, line, change, reason }) => `  ${file}:${line}: ${change}${reason ? `\n      ${reason}` : ''}`;
  const row = ([file, of]) =>
    `${String(of.score).padStart(6)} %  ${file}: ${of.killed} killed, ${of.survived} survived`;
  return [
    ...(survivors.length > 0 ? ['No test fails when', ...survivors.map(line), ''] : []),
    ...(stale.length > 0 ? [`${LIST} lists what a test kills, or what is not there:`, ...stale, ''] : []),
    ...Object.entries(files).map(row),
    '',
    `${mutants} mutants, ${killed} killed, ${equivalent} change nothing that a caller can see, ${survived} survived`,
    `${ignored} more change what is read once, when the sources are loaded: they were not tried`,
    `score ${score} %`,
    '',
  ].join('\n');
}

/** Sources of the core's face and of the drop-in, with slashes on every system. */
function chosen() {
  const wanted = options.only?.split(',') ?? [''];
  const files = ['core', 'mqtt-packet'].flatMap((folder) =>
    readdirSync(join(root, 'host', folder), { recursive: true }).map(
      (file) => `${folder}/${file.replaceAll('\\', '/')}`,
    ),
  );
  const found = files.filter((file) => file.endsWith('.ts') && wanted.some((text) => file.includes(text)));
  if (found.length === 0) throw new Error('no file is of that name; names are like hex, core/session or mqtt-packet');
  return found.map((file) => `host/${file}`);
}

async function main() {
  if (options.help) return process.stdout.write(HELP);
  const mutate = chosen();
  process.chdir(root);
  // Standard output is for the result alone.
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const found = await new Stryker({ ...config, mutate, concurrency: Number(options.jobs ?? 2) }).runMutationTest();
  process.stdout.write = write;
  const report = reportOf(described(found), !options.only);
  if (!options.only) writeFileSync(RESULTS, JSON.stringify(report, undefined, 1));
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));
  process.exitCode = report.isGood ? 0 : 1;
}

main().catch((error) => {
  process.stderr.write(`mutation:host: ${error.message}\n`);
  process.exitCode = 1;
});
