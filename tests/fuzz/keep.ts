// npm run fuzz:keep: makes a finding whose cause is fixed a vector, or a seed where vectors have no form for it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../../tools/command.js';
import { root } from '../../tools/root.js';
import { compile } from './campaign/compile.js';
import { here, seedsOf } from './campaign/folders.js';
import { checkTarget, type TargetName, targetNames } from './campaign/targets.js';
import { type FindingVector, vectorOf, withVector } from './findings/finding-vector.js';
import { seedName, withSeed } from './findings/seed-list.js';

const HELP = `Usage: npm run fuzz:keep -- FILE --name "what it shows" [--target NAME] [--seed]

Takes a finding of npm run fuzz whose cause is fixed. Findings of the targets packet, der, x509, crl and keys become vectors that
expect what the core does now: check that the standard says the same. Findings of other targets, and all with --seed, become seeds
of tests/fuzz/corpus.

  --name TEXT     the name of the vector, or the meaning of the seed
  --target NAME   when the folder of the file does not name it
  --seed          keep it as a seed in any case

Exit code: 0 done, 1 not done (for example because it still fails), 2 wrong usage.

  npm run fuzz:keep -- build/fuzz/findings/packet/crash-0f3a --name "PUBACK: Packet Identifier cut off"`;

interface Options {
  file: string;
  name: string;
  target: TargetName;
  isSeed: boolean;
}

function readOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      target: { type: 'string' },
      seed: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0 || !values.name)
    throw new UsageError('give one file, and its meaning with --name');
  return { file, name: values.name, target: targetOf(file, values.target), isSeed: values.seed };
}

function targetOf(file: string, named: string | undefined): TargetName {
  if (named !== undefined) return checkTarget(named);
  const folder = basename(dirname(file));
  const found = targetNames.find((name) => name === folder);
  if (!found) throw new UsageError(`${folder} is not the name of a target: name it with --target`);
  return found;
}

/** Throws what is still not true. */
function refuseWhileItFails(target: TargetName, file: string): void {
  const { status, stderr } = spawnSync(compile(target), [file], { encoding: 'utf8' });
  if (status === 0) return;
  const sentence = /^NOT TRUE: (.*)/m.exec(stderr)?.[1] ?? 'the run does not end well';
  throw new Error(`it still fails: ${sentence}; fix that first`);
}

function keepVector({ file, vector }: FindingVector): void {
  const path = join(root, file);
  writeFileSync(path, withVector(readFileSync(path, 'utf8'), vector));
  console.log(`${file}: ${JSON.stringify(vector)}`);
}

function keepSeed(target: TargetName, input: Uint8Array, meaning: string): void {
  const name = seedName(meaning);
  const path = join(seedsOf(target), name);
  if (existsSync(path)) throw new Error(`there is already a seed ${name}: choose another name`);
  const list = join(here, 'corpus/README.md');
  const text = withSeed(readFileSync(list, 'utf8'), target, name, meaning);
  writeFileSync(path, input);
  writeFileSync(list, text);
  console.log(`tests/fuzz/corpus/${target}/${name}: ${meaning}`);
}

function keep({ file, name, target, isSeed }: Options): void {
  if (!existsSync(file)) throw new Error(`${file}: no such file`);
  refuseWhileItFails(target, file);
  const input = readFileSync(file);
  const vector = isSeed ? undefined : vectorOf(target, input, name);
  if (vector) keepVector(vector);
  else keepSeed(target, input, name);
}

await runCommand('fuzz:keep', () => {
  const options = readOptions();
  if (options === 'help') process.stdout.write(`${HELP}\n`);
  else keep(options);
  return 0;
});
