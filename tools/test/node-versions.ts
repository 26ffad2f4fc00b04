// npm run test:node -- VERSION: the host tests on another version of Node, which npm installs into build/node.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runCommand, UsageError } from '../command.js';
import { root } from '../root.js';
import { missingNeeds } from './needs.js';

const VERSIONS = ['20', '22', '24', '26'];

const HELP = `Usage: npm run test:node -- ${VERSIONS.join(' | ')} [FILTER ...]

Runs the tests of tests/host with the newest release of this version of Node, from the package node-${process.platform}-${process.arch} of the npm
registry. The build is the one that is there. Words after the version choose test files, as vitest takes them.

  npm run test:node -- 24
  npm run test:node -- 24 tests/host/broker
`;

/** Node's own name of this platform in its packages. */
const platform = process.platform === 'win32' ? 'win' : process.platform;

/** Installs Node; returns the path of the program. */
function install(version: string): string {
  const name = `node-${platform}-${process.arch}`;
  const folder = join(root, 'build/node', version);
  mkdirSync(folder, { recursive: true });
  const words = ['install', '--no-save', '--no-package-lock', '--prefix', folder, `${name}@${version}`];
  const { status } = spawnSync('npm', words, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm could not install ${name}@${version}`);
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Runs the tests; the exit code. */
function test(node: string, filters: readonly string[]): number {
  const env = {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    WASMQTT_MISSING_TOOLS: missingNeeds().join(','),
  };
  console.log(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim());
  const words = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'tests/vitest.config.ts', ...filters];
  return spawnSync(node, words, { cwd: root, stdio: 'inherit', env }).status ?? 1;
}

await runCommand('test:node', () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const [version, ...filters] = positionals;
  if (!VERSIONS.includes(version))
    throw new UsageError(
      `give a version of Node: ${VERSIONS.join(', ')}${version === undefined ? '' : `, not "${version}"`}`,
    );
  return test(install(version), filters.length > 0 ? filters : ['tests/host']);
});
