// npm run fuzz:selftest: a defect that was planted is found in time, and without it nothing is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { campaign } from './campaign/campaign.js';
import { compile } from './campaign/compile.js';
import { buildPlanted, plant } from './campaign/planted-core.js';
import { checkTarget, targets } from './campaign/targets.js';

const HELP = `Usage: npm run fuzz:selftest -- [OPTIONS]

For each target: plants the defect of tests/fuzz/planted in a copy of the core, which the target has to find within its
seconds, beginning with the seeds alone; then fuzzes the core as it is for as long, and nothing may be found.

  --target NAME   may be given several times; all when none is named
  --json          one JSON object a line on standard output

Exit code: 0 all as it should be, 1 not, 2 wrong usage.

  npm run fuzz:selftest -- --target der --json`;

/** Fuzzes in a folder that is gone afterwards. */
async function fuzz(target, program) {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-selftest-'));
  const { seconds } = targets[target];
  try {
    const places = { corpus: join(folder, 'corpus'), findings: join(folder, 'findings') };
    return await campaign({ target, program, seconds, minimiseSeconds: 0, ...places });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fuzzPlanted(target) {
  const folder = plant(target);
  try {
    return await fuzz(target, compile(target, buildPlanted(folder), join(folder, 'bin')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function selftest(target) {
  console.error(`${target}: with the defect`);
  const planted = await fuzzPlanted(target);
  console.error(`${target}: without it`);
  const plain = await fuzz(target, compile(target));
  const [found] = planted.findings;
  return {
    target,
    ok: Boolean(found) && plain.findings.length === 0,
    allowedSeconds: targets[target].seconds,
    seconds: planted.seconds,
    executions: planted.executions,
    sentence: found?.sentence,
    withoutDefect: { executions: plain.executions, findings: plain.findings },
  };
}

function line({ target, ok, allowedSeconds, seconds, executions, sentence, withoutDefect }) {
  const found = sentence
    ? `found after ${seconds} s of ${allowedSeconds}, ${executions.toLocaleString('en-US')} executions (not true: ${sentence})`
    : `NOT FOUND in ${allowedSeconds} s, ${executions.toLocaleString('en-US')} executions`;
  const none = withoutDefect.findings.length === 0 ? 'nothing' : `A FINDING (${withoutDefect.findings[0].sentence})`;
  return `${ok ? 'ok' : 'NOT OK'} ${target}: ${found}; without it ${none} in ${withoutDefect.executions.toLocaleString('en-US')} executions`;
}

async function main({ target, json }) {
  for (const name of target) {
    const result = await selftest(name);
    console.log(json ? JSON.stringify({ event: 'selftest', ...result }) : line(result));
    if (!result.ok) process.exitCode = 1;
  }
}

let options;
try {
  const flag = { type: 'boolean', default: false };
  options = parseArgs({ options: { target: { type: 'string', multiple: true }, json: flag, help: flag } }).values;
  options.target = (options.target ?? Object.keys(targets)).map(checkTarget);
} catch (error) {
  console.error(`fuzz:selftest: ${error.message}`);
  process.exitCode = 2;
}
if (options?.help) console.log(HELP);
else if (options) {
  await main(options).catch((error) => {
    console.error(`fuzz:selftest: ${error.message}`);
    process.exitCode = 1;
  });
}
