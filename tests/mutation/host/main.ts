// npm run mutation:host: has Stryker make host/core and host/mqtt-packet wrong, one place at a time, and expects a test to fail.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { runCommand, UsageError, wholeNumber } from '../../../tools/command.js';
import { root } from '../../../tools/root.js';
import { typescriptLoader } from '../../../tools/run-typescript.js';
import { reportOf, textOf } from './report.js';
import { strykerOptions } from './stryker-options.js';

const HELP = `Usage: npm run mutation:host -- [options]

Makes one place of the sources in host/core and host/mqtt-packet wrong at a time and expects one of their tests to fail. Ends with
code 1 when the score is below 80 %, or when tests/mutation/survivors-host.json calls a mutant equivalent that a test kills; 2 is
wrong usage. The result of each mutant: build/mutation-host.json.

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

/** The chosen sources of the core's face and of the drop-in, with slashes on every system. */
function chosen(only: string): string[] {
  const wanted = only.split(',');
  const files = ['core', 'mqtt-packet'].flatMap((folder) =>
    readdirSync(join(root, 'host', folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file.replaceAll('\\', '/')}`,
    ),
  );
  const found = files.filter((file) => file.endsWith('.ts') && wanted.some((text) => file.includes(text)));
  if (found.length === 0)
    throw new UsageError('no file has a name like this; names are like hex, core/session or mqtt-packet');
  return found.map((file) => `host/${file}`);
}

/** Runs Stryker. What it prints goes to standard error: standard output is for the result alone. */
async function runStryker(mutate: string[], concurrency: number): Promise<MutantResult[]> {
  // Each of its processes loads the test runner, which is TypeScript.
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS ?? '', ...typescriptLoader].join(' ');
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  try {
    return await new Stryker({ ...strykerOptions, mutate, concurrency }).runMutationTest();
  } finally {
    process.stdout.write = write;
  }
}

await runCommand('mutation:host', async () => {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      only: { type: 'string' },
      jobs: { type: 'string', default: '2' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const mutate = chosen(values.only ?? '');
  const jobs = wholeNumber('jobs', values.jobs, 1);
  process.chdir(root);
  const report = reportOf(await runStryker(mutate, jobs), !values.only);
  if (!values.only) writeFileSync(RESULTS, JSON.stringify(report, undefined, 1));
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : textOf(report));
  return report.isGood ? 0 : 1;
});
