// npm run fuzz:selftest: each target finds a planted defect in time, and nothing without it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand } from '../../tools/command.js';
import { type CampaignResult, campaign } from './campaign/campaign.js';
import { compile } from './campaign/compile.js';
import { buildPlanted, plant } from './campaign/planted-core.js';
import { checkTarget, type TargetName, targetNames, targets } from './campaign/targets.js';

const HELP = `Usage: npm run fuzz:selftest -- [OPTIONS]

For each target: plants the defect of tests/fuzz/planted in a copy of the core, which the target must find within its time,
starting from the seeds alone; then fuzzes the unchanged core for as long, in which nothing may be found.

  --target NAME   may be given several times; the default is all of them
  --json          one JSON object a line on standard output

Exit code: 0 all targets passed, 1 one failed, 2 wrong usage.

  npm run fuzz:selftest -- --target der --json`;

interface Outcome {
  target: TargetName;
  ok: boolean;
  allowedSeconds: number;
  seconds: number;
  executions: number;
  /** What was not true with the defect. */
  sentence?: string;
  withoutDefect: Pick<CampaignResult, 'executions' | 'findings'>;
}

/** Fuzzes in a temporary folder. */
async function fuzz(target: TargetName, program: string): Promise<CampaignResult> {
  const folder = mkdtempSync(join(tmpdir(), 'wasmqtt-selftest-'));
  const { seconds } = targets[target];
  try {
    const places = { corpus: join(folder, 'corpus'), findings: join(folder, 'findings') };
    return await campaign({ target, program, seconds, minimiseSeconds: 0, ...places });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fuzzPlanted(target: TargetName): Promise<CampaignResult> {
  const folder = plant(target);
  try {
    return await fuzz(target, compile(target, buildPlanted(folder), join(folder, 'bin'), folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function selftest(target: TargetName): Promise<Outcome> {
  console.error(`${target}: with the defect`);
  const planted = await fuzzPlanted(target);
  console.error(`${target}: without it`);
  const plain = await fuzz(target, compile(target));
  const found = planted.findings.at(0);
  return {
    target,
    ok: found !== undefined && plain.findings.length === 0,
    allowedSeconds: targets[target].seconds,
    seconds: planted.seconds,
    executions: planted.executions,
    sentence: found?.sentence,
    withoutDefect: { executions: plain.executions, findings: plain.findings },
  };
}

function line({ target, ok, allowedSeconds, seconds, executions, sentence, withoutDefect }: Outcome): string {
  const found = sentence
    ? `found after ${seconds} s of ${allowedSeconds}, ${executions.toLocaleString('en-US')} executions (not true: ${sentence})`
    : `NOT FOUND in ${allowedSeconds} s, ${executions.toLocaleString('en-US')} executions`;
  const none = withoutDefect.findings.length === 0 ? 'nothing' : `A FINDING (${withoutDefect.findings[0].sentence})`;
  return `${ok ? 'ok' : 'NOT OK'} ${target}: ${found}; without it ${none} in ${withoutDefect.executions.toLocaleString('en-US')} executions`;
}

await runCommand('fuzz:selftest', async () => {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  let isGood = true;
  for (const name of values.target?.map(checkTarget) ?? targetNames) {
    const result = await selftest(name);
    console.log(values.json ? JSON.stringify({ event: 'selftest', ...result }) : line(result));
    isGood &&= result.ok;
  }
  return isGood ? 0 : 1;
});
