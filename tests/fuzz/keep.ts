// npm run fuzz:keep: a finding that was mended becomes a vector, or a seed where vectors have no form for it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root } from '../../tools/root.js';
import { compile } from './campaign/compile.js';
import { here, seedsOf } from './campaign/folders.js';
import { checkTarget, targets } from './campaign/targets.js';
import { vectorOf, withVector } from './findings/finding-vector.js';
import { seedName, withSeed } from './findings/seed-list.js';

const HELP = `Usage: npm run fuzz:keep -- FILE --name "what it shows" [--target NAME] [--seed]

Takes a finding of npm run fuzz whose cause was mended. Targets of whole packets and of DER give a vector, with what the core
gives now: look whether the standard says the same. The others, and all with --seed, give a seed of tests/fuzz/corpus.

  --name TEXT     the name of the vector, or the meaning of the seed
  --target NAME   when the folder of the file does not name it
  --seed          keep it as a seed in any case

Exit code: 0 done, 1 not (as while it still fails), 2 wrong usage.

  npm run fuzz:keep -- build/fuzz/findings/packet/crash-0f3a --name "PUBACK: Packet Identifier cut off"`;

/** Ends with what is still not true. */
function refuseWhileItFails(target, file) {
  const { status, stderr } = spawnSync(compile(target), [file], { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(
      `it still fails: ${/^NOT TRUE: (.*)/m.exec(stderr)?.[1] ?? 'the run does not end well'}; mend that first`,
    );
}

function keepVector({ file, vector }) {
  const path = join(root, file);
  writeFileSync(path, withVector(readFileSync(path, 'utf8'), vector));
  console.log(`${file}: ${JSON.stringify(vector)}`);
}

function keepSeed(target, input, meaning) {
  const name = seedName(meaning);
  const path = join(seedsOf(target), name);
  if (existsSync(path)) throw new Error(`there is a seed ${name} already: give it another name`);
  const list = join(here, 'corpus/README.md');
  const text = withSeed(readFileSync(list, 'utf8'), target, name, meaning);
  writeFileSync(path, input);
  writeFileSync(list, text);
  console.log(`tests/fuzz/corpus/${target}/${name}: ${meaning}`);
}

function main(file, { name, target, seed }) {
  if (!existsSync(file)) throw new Error(`${file}: no such file`);
  refuseWhileItFails(target, file);
  const input = readFileSync(file);
  const kept = seed ? undefined : vectorOf(target, input, name);
  if (kept) keepVector(kept);
  else keepSeed(target, input, name);
}

try {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: text, target: text, seed: flag, help: flag },
  });
  if (values.help) console.log(HELP);
  else {
    if (positionals.length !== 1 || !values.name) throw new Error('give one file, and its meaning with --name');
    const folder = basename(dirname(positionals[0]));
    const target = checkTarget(values.target ?? (folder in targets ? folder : 'of this folder: say it with --target'));
    try {
      main(positionals[0], { ...values, target });
    } catch (error) {
      console.error(`fuzz:keep: ${error.message}`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(`fuzz:keep: ${error.message}`);
  process.exitCode = 2;
}
