// npm test: installs what is missing, then lint, types, as-pect and vitest; the last line counts them all.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';
import { typescriptProgram } from '../run-typescript.js';
import { installTools } from './debian-packages.js';

const total = { passed: 0, failed: 0, skipped: 0 };

function heading(text) {
  console.log(`\n== ${text}`);
}

function run(name, args, options = {}) {
  heading(name);
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', ...options });
}

/** A step that passes or fails as a whole. */
function check(name, args) {
  total[run(name, args).status === 0 ? 'passed' : 'failed']++;
}

/** as-pect prints "[Tests]: 67 / 67": the passed and all. */
function unit() {
  const { status, stdout, stderr } = run(
    'as-pect: the core and the application in AssemblyScript',
    // biome-ignore format: one line for the command
    ['node_modules/@as-pect/cli/bin/asp.js', '--config', 'tests/unit/as-pect.config.js', '--as-config', 'tests/unit/as-pect.asconfig.json', '--summary'],
    { stdio: 'pipe', encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  process.stdout.write(stdout + stderr);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
  const plain = stdout.replace(/\u001b\[[0-9;]*m/g, '');
  const counts = /\[Tests\]:\s+(\d+)\s*\/\s*(\d+)/.exec(plain);
  const passed = counts ? Number(counts[1]) : 0;
  const failed = counts ? Number(counts[2]) - passed : 0;
  total.passed += passed;
  // A run that broke off before its summary is a failure too.
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
}

function host(missing) {
  const report = join(root, 'build/vitest.json');
  rmSync(report, { force: true });
  const { status } = run(
    'vitest: host, command and real peers',
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'tests/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    { env: { ...process.env, WASMQTT_MISSING_TOOLS: missing.join(',') } },
  );
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
  total.passed += result?.numPassedTests ?? 0;
  total.skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  const failed = result?.numFailedTests ?? 0;
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
}

heading('tools');
const missing = installTools((line) => console.log(line));
if (missing.length > 0) {
  console.log(`Missing ${missing.join(', ')}: the tests that need them (their files say so) are left out.`);
  if (process.env.CI === 'true') total.failed++;
}
check('build', typescriptProgram('tools/build/build.ts'));
check('biome: lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
check('tsc: types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit']);
unit();
host(missing);

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;
