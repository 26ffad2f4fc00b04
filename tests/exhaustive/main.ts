import { availableParallelism } from 'node:os';
import process from 'node:process';
import { isMainThread, parentPort, type Worker } from 'node:worker_threads';
import { Command, InvalidArgumentError } from 'commander';
import { typescriptWorker } from '../../tools/run-typescript.js';
import { bothBuilds, type Check, Tally } from './checks/exhaustive-check.js';
import { checks } from './checks/index.js';

interface Slice {
  name: string;
  slice: number;
}

type Found = Pick<Tally, 'cases' | 'differing' | 'differences'>;

const EXAMPLES = `
Checks:
${checks.map(({ name, covers }) => `  ${name.padEnd(22)} ${covers}`).join('\n')}

Examples:
  npm run test:exhaustive
  npm run test:exhaustive -- --only frames-3
  npm run test:exhaustive -- --only utf8,utf8-3 --json --workers 2

Both builds of the core are run. Exit code 0: all agree with their oracles; 1: one differs; 2: wrong usage.`;

const checkOf = (name: string): Check => checks.find((check) => check.name === name)!;

/** A worker does the slices that it is sent, one after the other. */
function work(port: NonNullable<typeof parentPort>): void {
  const builds = bothBuilds();
  port.on('message', ({ name, slice }: Slice) => {
    const tally = new Tally();
    checkOf(name).run(builds, tally, slice);
    port.postMessage({
      cases: tally.cases,
      differing: tally.differing,
      differences: tally.differences,
    } satisfies Found);
  });
}

/** All slices of a check, each by the worker that is free next. */
function runAll(check: Check, workers: Worker[], onSlice: (done: number) => void): Promise<Found> {
  const total: Found = { cases: 0, differing: 0, differences: [] };
  let next = 0;
  let done = 0;
  return new Promise((resolve, reject) => {
    const send = (worker: Worker) => {
      if (next < check.slices) worker.postMessage({ name: check.name, slice: next++ } satisfies Slice);
    };
    for (const worker of workers) {
      worker.removeAllListeners();
      worker.on('error', reject);
      worker.on('message', (found: Found) => {
        total.cases += found.cases;
        total.differing += found.differing;
        // Told at once: the end of a long check may be far.
        for (const difference of found.differences) process.stderr.write(`${difference}\n`);
        total.differences.push(...found.differences.slice(0, Math.max(0, 10 - total.differences.length)));
        onSlice(++done);
        if (done === check.slices) resolve(total);
        else send(worker);
      });
      send(worker);
    }
  });
}

function parseOnly(text: string): Check[] {
  return text.split(',').map((name) => {
    const check = checks.find((other) => other.name === name);
    if (check) return check;
    throw new InvalidArgumentError(
      `there is no check ${name}; there are ${checks.map((other) => other.name).join(', ')}`,
    );
  });
}

function parseWorkers(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= 64) return count;
  throw new InvalidArgumentError('give a number from 1 to 64');
}

interface Flags {
  only?: Check[];
  workers: number;
  json?: boolean;
}

/** One line on a terminal, a line for each tenth elsewhere. */
function progress(check: Check, since: number): (done: number) => void {
  let tenths = 0;
  return (done) => {
    const seconds = ((performance.now() - since) / 1000).toFixed(0);
    const text = `${check.name}: ${done} of ${check.slices} parts, ${seconds} s`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${done === check.slices ? '' : text}`);
    else if (check.slices > 1 && Math.floor((10 * done) / check.slices) > tenths) {
      tenths = Math.floor((10 * done) / check.slices);
      process.stderr.write(`${text}\n`);
    }
  };
}

async function main({ only = [...checks], workers: count, json }: Flags): Promise<void> {
  const workers = Array.from({ length: count }, () => typescriptWorker(import.meta.url));
  const sum = { cases: 0, differing: 0 };
  for (const check of only) {
    const since = performance.now();
    const used = process.cpuUsage();
    const found = await runAll(check, workers, progress(check, since));
    const { user, system } = process.cpuUsage(used);
    const seconds = Number(((performance.now() - since) / 1000).toFixed(1));
    const cpuSeconds = Number(((user + system) / 1e6).toFixed(1));
    sum.cases += found.cases;
    sum.differing += found.differing;
    const line = `${check.name.padEnd(22)} ${String(found.cases).padStart(13)} cases ${String(seconds).padStart(8)} s (${cpuSeconds} s of processor)  ${found.differing} differ`;
    process.stdout.write(
      json ? `${JSON.stringify({ check: check.name, seconds, cpuSeconds, ...found })}\n` : `${line}\n`,
    );
    if (!json) for (const difference of found.differences) process.stdout.write(`  ${difference}\n`);
  }
  process.stdout.write(
    json ? `${JSON.stringify({ event: 'summary', ...sum })}\n` : `${sum.cases} cases, ${sum.differing} differ\n`,
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
  process.exitCode = sum.differing === 0 ? 0 : 1;
}

if (!isMainThread) work(parentPort!);
else {
  new Command('npm run test:exhaustive --')
    .description('try every value of the domains of the core that are small enough, on both builds')
    .option('--only <names>', 'these checks, with commas between them', parseOnly)
    .option('--workers <count>', 'threads', parseWorkers, availableParallelism())
    .option('--json', 'one JSON object a line on standard output, nothing else there')
    .addHelpText('after', EXAMPLES)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(main)
    .parseAsync();
}
