import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { check, failureOf, type Seen } from './run.js';
import type { Subject } from './subject.js';

const missing = (error: Error): never => {
  process.stderr.write(
    `${error.message}\nThe structures need Debian's openssl and python3-cryptography-vectors: npm run setup\n`,
  );
  process.exit(1);
};
const { subjects } = await import('./index.js').catch(missing);

/** Inputs between two looks at the clock. Each `request` is a process. */
const batchOf = ({ name }: Subject): number => (name === 'request' ? 25 : 500);

const EXAMPLES = `
Subjects:
${subjects.map(({ name, peer }) => `  ${name.padEnd(14)} against ${peer}`).join('\n')}

Examples:
  npm run fuzz:differential -- --seconds 600
  npm run fuzz:differential -- --only certificate,key --seconds 60 --seed 7 --json

The time is shared evenly. The first difference of a subject that is not listed (in differences.json, for MQTT in
host/mqtt-packet/divergences.json) ends it; the seed that is printed leads to it at once.
Exit code 0: every difference is listed; 1: one is not; 2: wrong usage.`;

function parseOnly(text: string): Subject[] {
  return text.split(',').map((name) => {
    const subject = subjects.find((other) => other.name === name);
    if (subject) return subject;
    throw new InvalidArgumentError(
      `there is no subject ${name}; there are ${subjects.map((one) => one.name).join(', ')}`,
    );
  });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count < 2 ** 31) return count;
  throw new InvalidArgumentError('give a whole number');
}

interface Flags {
  only?: Subject[];
  seconds: number;
  seed: number;
  json?: boolean;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/** Runs batches, each with the next seed, until the time is over or something is found. */
async function fuzz(subject: Subject, seconds: number, firstSeed: number) {
  const since = performance.now();
  const elapsed = () => (performance.now() - since) / 1000;
  const seen: Seen = new Map();
  let runs = 0;
  let failure: string | undefined;
  for (let seed = firstSeed; failure === undefined && (runs === 0 || elapsed() < seconds); seed++) {
    const details = await check(subject, seen, { numRuns: batchOf(subject), seed });
    runs += details.numRuns;
    failure = failureOf(subject, details);
    progress(`${subject.name}: ${runs} inputs, ${elapsed().toFixed(0)} of ${seconds.toFixed(0)} s`);
  }
  progress('');
  const outcomes = Object.fromEntries([...seen].sort(([, one], [, other]) => other - one));
  return {
    subject: subject.name,
    peer: subject.peer,
    seed: firstSeed,
    runs,
    seconds: Number(elapsed().toFixed(1)),
    outcomes,
    failure,
  };
}

async function main({ only = [...subjects], seconds, seed, json }: Flags): Promise<void> {
  const total = { runs: 0, failures: 0 };
  process.stderr.write(`seed ${seed}\n`);
  for (const subject of only) {
    if (!process.stderr.isTTY) process.stderr.write(`${subject.name}\n`);
    const found = await fuzz(subject, seconds / only.length, seed);
    total.runs += found.runs;
    if (found.failure) total.failures++;
    if (json) process.stdout.write(`${JSON.stringify(found)}\n`);
    else {
      const outcomes = Object.entries(found.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
      process.stdout.write(
        `${found.subject.padEnd(14)} ${String(found.runs).padStart(9)} inputs in ${found.seconds} s: ${outcomes.join(', ')}\n`,
      );
      if (found.failure) process.stdout.write(`  NOT LISTED: ${found.failure}\n`);
    }
  }
  process.stdout.write(
    json
      ? `${JSON.stringify({ event: 'summary', ...total })}\n`
      : `${total.runs} inputs, ${total.failures} differences that are not listed\n`,
  );
  process.exitCode = total.failures === 0 ? 0 : 1;
}

await new Command('npm run fuzz:differential --')
  .description('give arbitrary and changed inputs to the product and to its peers, and compare')
  .option('--only <names>', 'these subjects, with commas between them', parseOnly)
  .option('--seconds <count>', 'time for all of them', parseCount, 60)
  .option('--seed <number>', 'where to begin (default: by the clock)', parseCount, Date.now() % 2 ** 31)
  .option('--json', 'one JSON object a line on standard output, nothing else there')
  .addHelpText('after', EXAMPLES)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(main)
  .parseAsync();
