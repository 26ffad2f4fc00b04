// npm run fuzz: coverage-guided fuzzing of the release core.
import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../../tools/root.js';
import { campaign } from './campaign/campaign.js';
import { compile } from './campaign/compile.js';
import { corpusOf, findingsOf } from './campaign/folders.js';
import { checkTarget, targets } from './campaign/targets.js';

const HELP = `Usage: npm run fuzz -- [OPTIONS]

Fuzzes build/core.wasm, translated by wasm2c, with libFuzzer. All targets one after the other when none is named.

  --target NAME   may be given several times; --list says which there are
  --seconds N     so long for each target (60)
  --runs N        so many executions for each target at most
  --jobs N        so many targets at a time (1)
  --fresh         forget the inputs that earlier runs kept in build/fuzz/corpus
  --list          the targets, and what they do
  --json          one JSON object a line on standard output

Exit code: 0 nothing was found, 1 something was, 2 wrong usage. A finding lies in build/fuzz/findings; when it is mended,
npm run fuzz:keep makes it a vector or a seed.

  npm run fuzz -- --target packet --seconds 30
  npm run fuzz -- --target x509 --runs 100000000 --seconds 3600 --json`;

/** A number of an option: 1 or more. */
function count(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a number from 1 on, not "${text}"`);
  return value;
}

function readOptions(args) {
  const flags = ['fresh', 'list', 'json', 'help'].map((name) => [name, { type: 'boolean', default: false }]);
  const numbers = ['seconds', 'runs', 'jobs'].map((name) => [name, { type: 'string' }]);
  const { values } = parseArgs({
    args,
    options: { target: { type: 'string', multiple: true }, ...Object.fromEntries([...flags, ...numbers]) },
  });
  for (const name of ['seconds', 'runs', 'jobs'])
    if (values[name] !== undefined) values[name] = count(name, values[name]);
  values.target = (values.target ?? Object.keys(targets)).map(checkTarget);
  if (values.seconds === undefined && values.runs === undefined) values.seconds = 60;
  return values;
}

const number = (value) => value.toLocaleString('en-US');

/** One line for people. */
function summary({ target, executions, perSecond, perProcessorSecond, corpus, edges, edgesOfAll, findings }) {
  const found = findings.length === 0 ? 'nothing found' : `FOUND: ${findings[0].sentence}`;
  return `${target}: ${number(executions)} executions, ${number(perSecond)} a second (${number(perProcessorSecond)} of processor time), corpus ${corpus}, edges ${edges} of ${edgesOfAll}, ${found}`;
}

/** What to do with a finding. */
function advice({ target, findings: [{ file, bytes }] }) {
  const path = relative(root, file);
  return `  input ${bytes}\n  in ${path}; when it is mended: npm run fuzz:keep -- ${path} --target ${target} --name "what it shows"`;
}

async function fuzz(target, { seconds, runs, fresh, json }) {
  const corpus = corpusOf(target);
  if (fresh) rmSync(corpus, { recursive: true, force: true });
  const program = compile(target);
  const result = await campaign({
    target,
    program,
    corpus,
    findings: findingsOf(target),
    seconds,
    runs,
    onProgress: (now) =>
      console.error(
        `${target}: ${now.seconds.toFixed(0)} s, at least ${number(now.executions)} executions, corpus ${now.corpus}, edges ${now.edges}`,
      ),
  });
  console.log(json ? JSON.stringify({ event: 'target', ...result }) : summary(result));
  if (!json && result.findings.length > 0) console.log(advice(result));
  return result;
}

async function main(options) {
  if (options.list) {
    for (const [name, { about }] of Object.entries(targets))
      console.log(
        options.json ? JSON.stringify({ event: 'target', target: name, about }) : `${name.padEnd(8)} ${about}`,
      );
    return;
  }
  const waiting = [...options.target];
  const results = [];
  const worker = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) results.push(await fuzz(target, options));
  };
  await Promise.all(Array.from({ length: options.jobs ?? 1 }, worker));
  const found = results.filter(({ findings }) => findings.length > 0).length;
  const executions = results.reduce((sum, result) => sum + result.executions, 0);
  if (options.json) console.log(JSON.stringify({ event: 'summary', targets: results.length, executions, found }));
  else if (results.length > 1)
    console.log(`${results.length} targets, ${number(executions)} executions, ${found} with findings`);
  if (found > 0) process.exitCode = 1;
}

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`fuzz: ${error.message}`);
  process.exitCode = 2;
}
if (options?.help) console.log(HELP);
else if (options) {
  await main(options).catch((error) => {
    console.error(`fuzz: ${error.message}`);
    process.exitCode = 1;
  });
}
