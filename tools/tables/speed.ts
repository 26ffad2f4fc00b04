// Runs the whole benchmark and writes its rows into README's table, with the machine and the date.
// Usage: node tools/tables/speed.ts   (takes some minutes; nothing else should run on the machine)
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

const run = spawnSync(process.execPath, [join(root, 'build/host/cli.js'), 'bench', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
if (run.status !== 0) process.exit(run.status ?? 1);

const verdict = ({ ratio, target }) => (target === null ? '' : ratio >= target ? 'reached' : 'missed');
const rows = run.stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map((row) => {
    const { bench, peer, ours_ns: ours, peer_ns: theirs, ratio, target } = row;
    return `| \`${bench}\` | ${peer} | ${ours} | ${theirs} | ${ratio} | ${target ?? ''} | ${verdict(row)} |`;
  });
const machine = `Node ${process.versions.node} on ${cpus().length} shared cores, ${new Date().toISOString().slice(0, 10)}:`;
const table = [
  machine,
  '',
  '| row | peer | ours, ns | peer, ns | ratio | target | |',
  '| --- | --- | ---: | ---: | ---: | ---: | --- |',
  ...rows,
].join('\n');
const file = join(root, 'README.md');
const text = readFileSync(file, 'utf8');
const block = /<!-- speed -->.*?<!-- \/speed -->/s;
if (!block.test(text)) throw new Error('README.md: the marks of the speed table are missing');
writeFileSync(
  file,
  text.replace(block, () => `<!-- speed -->\n${table}\n<!-- /speed -->`),
);
