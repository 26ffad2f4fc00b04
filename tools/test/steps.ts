// The steps of npm test and npm run check, and how many tests they count.
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../root.js';

export function heading(text: string): void {
  console.log(`\n== ${text}`);
}

/** What vitest writes about a run. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
}

/** Runs steps one after the other and adds up their tests. */
export class Steps {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  /** Counts a failure that no step has counted. */
  fail(): void {
    this.#failed++;
  }

  /** Runs a program of Node that passes or fails as a whole; whether it passed. */
  program(name: string, args: readonly string[]): boolean {
    const isGood = this.#run(name, args, { stdio: 'inherit' }).status === 0;
    if (isGood) this.#passed++;
    else this.#failed++;
    return isGood;
  }

  lint(): void {
    this.program('biome: lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
  }

  types(): void {
    const tsc = 'node_modules/typescript/bin/tsc';
    this.program('tsc: types', [tsc, '-p', 'tsconfig.json', '--noEmit']);
    this.program('tsc: types of the page, which runs in a browser', [tsc, '-p', 'host/cloud/page']);
  }

  /** The specs of tests/unit. as-pect prints "[Tests]: 67 / 67": those that passed, and all. */
  specs(): void {
    const { status, stdout, stderr } = this.#run(
      'as-pect: the core and the application in AssemblyScript',
      // biome-ignore format: one line for the command
      ['node_modules/@as-pect/cli/bin/asp.js', '--config', 'tests/unit/as-pect.config.js', '--as-config', 'tests/unit/as-pect.asconfig.json', '--summary'],
      { stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 },
    );
    process.stdout.write(stdout + stderr);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
    const plain = stdout.replace(/\u001b\[[0-9;]*m/g, '');
    const counts = /\[Tests\]:\s+(\d+)\s*\/\s*(\d+)/.exec(plain);
    const passed = counts ? Number(counts[1]) : 0;
    const failed = counts ? Number(counts[2]) - passed : 0;
    this.#passed += passed;
    this.#failed += Steps.#failures(status, failed);
  }

  /**
   * The files of vitest.
   *
   * @param missing programs and files that tests must do without: files that need one of them are left out
   * @param filters parts of paths, and options of vitest; all files without any
   */
  vitest(name: string, missing: readonly string[], filters: readonly string[] = []): void {
    const report = join(root, 'build/vitest.json');
    rmSync(report, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { status } = this.#run(
      name,
      ['node_modules/vitest/vitest.mjs', 'run', '--config', 'tests/vitest.config.ts', ...reporters, ...filters],
      { stdio: 'inherit', env: { ...process.env, WASMQTT_MISSING_TOOLS: missing.join(',') } },
    );
    const result: VitestReport | undefined = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
    this.#passed += result?.numPassedTests ?? 0;
    this.#skipped += (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
    this.#failed += Steps.#failures(status, result?.numFailedTests ?? 0);
  }

  /** Prints the counts as the last line, and sets the exit code. */
  finish(): void {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    console.log(`\n${this.#passed} passed, ${this.#failed} failed${skipped}`);
    process.exitCode = this.#failed === 0 ? 0 : 1;
  }

  /** A run that broke off before it counted its failures is a failure too. */
  static #failures(status: number | null, counted: number): number {
    return status !== 0 && counted === 0 ? 1 : counted;
  }

  #run(name: string, args: readonly string[], options: SpawnSyncOptions) {
    heading(name);
    return spawnSync(process.execPath, args, { cwd: root, ...options, encoding: 'utf8' });
  }
}
