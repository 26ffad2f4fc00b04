// npm run fuzz: coverage-guided fuzzing of the release core.
import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, wholeNumber } from '../../tools/command.js';
import { root } from '../../tools/root.js';
import { type CampaignResult, campaign } from './campaign/campaign.js';
import { compile } from './campaign/compile.js';
import { corpusOf, findingsOf } from './campaign/folders.js';
import { checkTarget, type TargetName, targetNames, targets } from './campaign/targets.js';

const HELP = `Usage: npm run fuzz -- [OPTIONS]

Fuzzes build/core.wasm, translated by wasm2c, with libFuzzer. Without --target it runs all targets, one after the other.

  --target NAME   may be given several times; --list names the targets
  --seconds N     the time for each target (60)
  --runs N        at most this many executions for each target
  --jobs N        this many targets at a time (1)
  --fresh         forget the inputs that earlier runs kept in build/fuzz/corpus
  --list          the targets, and what they do
  --json          one JSON object a line on standard output

Exit code: 0 nothing found, 1 something found, 2 wrong usage. Findings lie in build/fuzz/findings. When the cause of one is
fixed, npm run fuzz:keep makes it a vector or a seed.

  npm run fuzz -- --target packet --seconds 30
  npm run fuzz -- --target x509 --runs 100000000 --seconds 3600 --json`;

const DEFAULT_SECONDS = 60;

interface Options {
  targets: readonly TargetName[];
  seconds?: number;
  runs?: number;
  jobs: number;
  fresh: boolean;
  json: boolean;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true },
      seconds: { type: 'string' },
      runs: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const count = (name: 'seconds' | 'runs') => {
    const text = values[name];
    return text === undefined ? undefined : wholeNumber(name, text, 1);
  };
  const runs = count('runs');
  return {
    ...values,
    targets: values.target?.map(checkTarget) ?? targetNames,
    seconds: count('seconds') ?? (runs === undefined ? DEFAULT_SECONDS : undefined),
    runs,
    jobs: wholeNumber('jobs', values.jobs, 1),
  };
}

const number = (value: number): string => value.toLocaleString('en-US');

/** One line for people. */
function summary(result: CampaignResult): string {
  const { target, executions, perSecond, perProcessorSecond, corpus, edges, edgesOfAll, findings } = result;
  const found = findings.length === 0 ? 'nothing found' : `FOUND: ${findings[0].sentence}`;
  return `${target}: ${number(executions)} executions, ${number(perSecond)} a second (${number(perProcessorSecond)} of processor time), corpus ${corpus}, edges ${edges} of ${edgesOfAll}, ${found}`;
}

/** What to do with a finding. */
function advice({ target, findings: [{ file, bytes }] }: CampaignResult): string {
  const path = relative(root, file);
  return `  input ${bytes}\n  in ${path}; when its cause is fixed: npm run fuzz:keep -- ${path} --target ${target} --name "what it shows"`;
}

async function fuzz(target: TargetName, { seconds, runs, fresh, json }: Options): Promise<CampaignResult> {
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

function list(json: boolean): void {
  for (const name of targetNames) {
    const { about } = targets[name];
    console.log(json ? JSON.stringify({ event: 'target', target: name, about }) : `${name.padEnd(8)} ${about}`);
  }
}

/** Fuzzes all that is asked for; the exit code. */
async function fuzzAll(options: Options): Promise<number> {
  const waiting = [...options.targets];
  const results: CampaignResult[] = [];
  const worker = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) results.push(await fuzz(target, options));
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  const found = results.filter(({ findings }) => findings.length > 0).length;
  const executions = results.reduce((sum, result) => sum + result.executions, 0);
  if (options.json) console.log(JSON.stringify({ event: 'summary', targets: results.length, executions, found }));
  else if (results.length > 1)
    console.log(`${results.length} targets, ${number(executions)} executions, ${found} with findings`);
  return found > 0 ? 1 : 0;
}

await runCommand('fuzz', () => {
  const options = readOptions();
  if (options.help) process.stdout.write(`${HELP}\n`);
  else if (options.list) list(options.json);
  else return fuzzAll(options);
  return 0;
});
